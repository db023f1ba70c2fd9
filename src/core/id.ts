// The server's ids: a prefix that names the kind, then 48 bits of time and 80 random bits in Crockford's base 32,
// so that ids sort by creation and can't be guessed.

export type IdPrefix = 'prp' | 'run' | 'rsv' | 'chg' | 'tcl' | 'ses' | 'gnt' | 'prj' | 'hst';

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';

/** `random` needs 10 bytes; `nowMs` is an integer from 0 to 2^48 - 1. */
export function newId(prefix: IdPrefix, nowMs: number, random: Uint8Array): string {
  if (random.length < 10) throw new RangeError('an id needs 10 random bytes');
  let time = '';
  let rest = nowMs;
  for (let i = 0; i < 10; i += 1) {
    time = ALPHABET.charAt(rest % 32) + time;
    rest = Math.floor(rest / 32);
  }
  let tail = '';
  let bits = 0;
  let held = 0;
  for (let i = 0; i < 10; i += 1) {
    held = ((held << 8) | (random[i] ?? 0)) & 0xffff;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      tail += ALPHABET.charAt((held >> bits) & 31);
    }
  }
  return `${prefix}_${time}${tail}`;
}

export function isId(prefix: IdPrefix, text: string): boolean {
  return text.startsWith(`${prefix}_`) && /^[0-9a-hjkmnp-tv-z]{26}$/.test(text.slice(prefix.length + 1));
}
