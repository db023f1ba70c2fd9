// The canonical bytes of a JSON value (RFC 8785) and their SHA-256: what a proposal's payload hash is taken over,
// so that anyone can recompute it from the payload alone.
import { hash } from 'node:crypto';
import canonicalize from 'canonicalize';
import { InputError } from './fault.ts';

/** An InputError for what JSON can't say: undefined, and the infinite number that `1e400` in a JSON text turns into. */
export function canonicalJson(value: unknown): string {
  const text = canonicalText(value);
  if (text !== undefined) return text;
  throw noJson('a value without a JSON form has no canonical form');
}

function canonicalText(value: unknown): string | undefined {
  try {
    return canonicalize(value);
  } catch (error) {
    throw noJson(error instanceof Error ? error.message : String(error));
  }
}

function noJson(why: string): InputError {
  return new InputError({
    code: 'not_json',
    message: `this value can't be recorded as JSON: ${why}`,
    hint: 'send plain JSON with numbers that fit a double',
  });
}

/** Lower-case hex SHA-256 of UTF-8 text or bytes. */
export function sha256Hex(data: string | Uint8Array): string {
  return hash('sha256', data, 'hex');
}

export function payloadHash(payload: unknown): string {
  return sha256Hex(canonicalJson(payload));
}
