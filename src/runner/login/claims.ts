// Reads what a token says about itself. Its signature is not looked at: whoever it is shown to judges it, and here it only tells when it
// ends and whose it is.
import { parseObject } from '../../core/json-object.ts';

/** Null: no such token, or one that says nothing to whoever holds it. */
export function claimsOf(token: unknown): unknown {
  const [, payload] = typeof token === 'string' ? token.split('.') : [];
  return payload === undefined ? null : parseObject(Buffer.from(payload, 'base64url').toString('utf8'));
}
