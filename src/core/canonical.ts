// The canonical bytes of a JSON value (RFC 8785) and their SHA-256: what a proposal's payload hash is taken over,
// so that anyone can recompute it from the payload alone.
import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';

/** `value` must be JSON (no undefined, functions or non-finite numbers). */
export function canonicalJson(value: unknown): string {
  const text = canonicalize(value);
  if (text === undefined) throw new TypeError('a value without a JSON form has no canonical form');
  return text;
}

/** Lower-case hex SHA-256 of UTF-8 text or bytes. */
export function sha256Hex(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}

export function payloadHash(payload: unknown): string {
  return sha256Hex(canonicalJson(payload));
}
