// Recomputes a proposal's payload hash (SHA-256 over RFC 8785 canonical JSON) from the payload that is on screen, so
// that a decision is bound to what was read and not to what the server says was read.

/** `value` must have come out of JSON.parse. */
export function canonicalText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalText).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value)
    // UTF-16 code units, as the standard asks: the order of `<`, not of a locale.
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([key, member]) => `${JSON.stringify(key)}:${canonicalText(member)}`);
  return `{${members.join(',')}}`;
}

export type HashCheck = 'checking' | 'matches' | 'differs' | 'not possible here';

export async function checkPayloadHash(payload: unknown, payloadHash: string): Promise<HashCheck> {
  const hash = await hashOfPayload(payload);
  if (hash === null) return 'not possible here';
  return hash === payloadHash ? 'matches' : 'differs';
}

/** Null where the browser has no crypto: it is only there in a secure context, which http://localhost and http://127.0.0.1 are. */
export async function hashOfPayload(payload: unknown): Promise<string | null> {
  if (globalThis.crypto?.subtle === undefined) return null;
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(canonicalText(payload)));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
