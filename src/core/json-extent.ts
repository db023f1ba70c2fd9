// How much JSON text will become, told from its bytes before anything parses or walks it: what is nested too deeply runs a reader out of
// stack, and a few megabytes of empty objects become gigabytes.

/** What whoever walks JSON by calling itself may be given: far above what programs say, and far below what the stack takes. */
export const SAFE_LEVELS = 512;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

export interface JsonExtent {
  readonly levels: number;
  /** At least as many values, of every kind, as there are. */
  readonly values: number;
}

export function jsonExtent(bytes: Uint8Array): JsonExtent {
  let depth = 0;
  let levels = 0;
  let values = 1;
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at];
    if (byte === QUOTE) at = endOfString(bytes, at);
    else if (byte === 0x2c) values += 1;
    else if (byte === 0x7b || byte === 0x5b) {
      values += 1;
      depth += 1;
      if (depth > levels) levels = depth;
    } else if (byte === 0x7d || byte === 0x5d) depth -= 1;
  }
  return { levels, values };
}

/** Most of what is sent is long strings, which are searched many times as fast as they are stepped through. */
function endOfString(bytes: Uint8Array, start: number): number {
  for (let at = bytes.indexOf(QUOTE, start + 1); at !== -1; at = bytes.indexOf(QUOTE, at + 1)) {
    let before = at - 1;
    while (bytes[before] === BACKSLASH) before -= 1;
    // An even number of them escape one another.
    if ((at - before) % 2 === 1) return at;
  }
  return bytes.length;
}
