// A head says how long the record is and what its newest hash is, signed with the state's Ed25519 key. Kept in another place it
// proves that nothing before it was rewritten or cut off since.
import { createPublicKey, type KeyObject, sign, verify } from 'node:crypto';

export interface Head {
  readonly v: 1;
  readonly project_id: string;
  readonly host_id: string;
  readonly seq: number;
  readonly hash: string;
  readonly ts: string;
}

export interface SignedHead extends Head {
  /** Raw Ed25519 public key, base64url. */
  readonly public_key: string;
  /** Ed25519 over the six lines of `headMessage`, base64url. */
  readonly signature: string;
}

export function signHead(head: Head, privateKey: KeyObject): SignedHead {
  const jwk = createPublicKey(privateKey).export({ format: 'jwk' });
  if (jwk.x === undefined) throw new TypeError('a head is signed with an Ed25519 key');
  const signature = sign(null, headMessage(head), privateKey).toString('base64url');
  return { ...head, public_key: jwk.x, signature };
}

export function headIsSigned(head: SignedHead): boolean {
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: head.public_key }, format: 'jwk' });
  return verify(null, headMessage(head), key, Buffer.from(head.signature, 'base64url'));
}

function headMessage(head: Head): Buffer {
  const lines = [
    'governed-agents head v1',
    head.project_id,
    head.host_id,
    String(head.seq),
    head.hash,
    head.ts,
  ];
  return Buffer.from(`${lines.join('\n')}\n`);
}
