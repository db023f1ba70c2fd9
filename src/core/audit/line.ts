// A line of the mirror: the event's own bytes, then salt, payload, prev_hash and hash, as one flat JSON object. The event's bytes
// can be cut out again exactly: a quote inside a JSON string is always escaped, so the first `,"salt":` is ours.

export interface LineParts {
  readonly event: string;
  /** Null once the payload was purged. */
  readonly salt: string | null;
  readonly payload: string | null;
  readonly prevHash: string;
  readonly hash: string;
}

const SALT_KEY = ',"salt":';
const PAYLOAD_KEY = ',"payload":';
const SALT = /^"[0-9a-f]{32}"$/;
const TAIL = /,"prev_hash":"([0-9a-f]{64})","hash":"([0-9a-f]{64})"\}$/;
const TAIL_LENGTH = ',"prev_hash":"'.length + 64 + '","hash":"'.length + 64 + '"}'.length;

/** Without the newline. */
export function formatLine(parts: LineParts): string {
  const salt = parts.salt === null ? 'null' : `"${parts.salt}"`;
  return `${parts.event.slice(0, -1)}${SALT_KEY}${salt}${PAYLOAD_KEY}${parts.payload ?? 'null'},"prev_hash":"${parts.prevHash}","hash":"${parts.hash}"}`;
}

/**
 * The parts of a line, or null when it has not the form that `formatLine` gives. Bytes have to be decoded strictly (`fatal`): a
 * lenient decoder gives several different sequences the same replacement character.
 */
export function splitLine(line: string): LineParts | null {
  const tail = TAIL.exec(line.slice(-TAIL_LENGTH));
  const saltAt = line.indexOf(SALT_KEY);
  if (tail === null || saltAt < 0) return null;
  const saltStart = saltAt + SALT_KEY.length;
  const purged = line.startsWith('null', saltStart);
  const saltEnd = saltStart + (purged ? 4 : 34);
  if (!purged && !SALT.test(line.slice(saltStart, saltEnd))) return null;
  if (!line.startsWith(PAYLOAD_KEY, saltEnd)) return null;
  const payload = line.slice(saltEnd + PAYLOAD_KEY.length, -TAIL_LENGTH);
  if (purged !== (payload === 'null')) return null;
  return {
    event: `${line.slice(0, saltAt)}}`,
    salt: purged ? null : line.slice(saltStart + 1, saltEnd - 1),
    payload: purged ? null : payload,
    prevHash: tail[1] ?? '',
    hash: tail[2] ?? '',
  };
}
