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
  if (hasLineBreak(head)) throw new TypeError('a field of a head has no line break');
  const jwk = createPublicKey(privateKey).export({ format: 'jwk' });
  if (jwk.x === undefined) throw new TypeError('a head is signed with an Ed25519 key');
  const signature = sign(null, headMessage(head), privateKey).toString('base64url');
  return { ...head, public_key: jwk.x, signature };
}

/** Whether the head was signed by the key that it names; whose key that is, is for the caller to know. */
export function headIsSigned(head: SignedHead): boolean {
  if (head.v !== 1 || hasLineBreak(head)) return false;
  const key = readKey(head.public_key);
  return key !== null && verify(null, headMessage(head), key, Buffer.from(head.signature, 'base64url'));
}

/** A line break inside a field could move the text of one field into the next. */
function hasLineBreak(head: Head): boolean {
  return [head.project_id, head.host_id, head.hash, head.ts].some((field) => field.includes('\n'));
}

function readKey(x: string): KeyObject | null {
  try {
    return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
  } catch {
    // Not 32 bytes in base64url.
    return null;
  }
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
