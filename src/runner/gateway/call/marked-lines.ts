// Gives out the lines of a stream that hold a name in quotes, as its bytes go by. Parsing every event would cost several times the passing
// on, and text of a model can't hold it so: its quotes are escaped.
import { type JsonObject, parseObject } from '../../../core/json-object.ts';
import { GatheredBytes } from '../gathered-bytes.ts';

export interface MarkedLines {
  feed(chunk: Buffer): void;
  /** Of a line whose end has not come. */
  keptBytes(): number;
  /** A line was too long to be looked through. */
  readonly isBroken: boolean;
}

const NEWLINE = 10;
const QUOTE = 34;
const MAX_LINE_BYTES = 8 * 1024 * 1024;

export function markedLines(name: string, take: (line: string) => void): MarkedLines {
  // A search that began with the quote would stop at every word of the JSON: fifty times as slow.
  const sought = `${name}"`;
  const pending = new GatheredBytes();
  let isBroken = false;
  return {
    get isBroken() {
      return isBroken;
    },
    keptBytes: () => pending.length,
    feed(chunk) {
      if (isBroken) return;
      const last = chunk.lastIndexOf(NEWLINE);
      if (last === -1) {
        pending.add(chunk);
      } else {
        pending.add(chunk.subarray(0, last + 1));
        forEachMarked(pending.bytes(), sought, take);
        pending.clear();
        if (last + 1 < chunk.length) pending.add(chunk.subarray(last + 1));
      }
      if (pending.length <= MAX_LINE_BYTES) return;
      isBroken = true;
      pending.clear();
    },
  };
}

/** `bytes` are whole lines. */
function forEachMarked(bytes: Buffer, sought: string, take: (line: string) => void): void {
  for (let at = bytes.indexOf(sought); at !== -1; ) {
    if (bytes[at - 1] !== QUOTE) {
      at = bytes.indexOf(sought, at + 1);
      continue;
    }
    const start = bytes.lastIndexOf(NEWLINE, at) + 1;
    const end = bytes.indexOf(NEWLINE, at);
    take(bytes.toString('utf8', start, end === -1 ? bytes.length : end));
    at = end === -1 ? -1 : bytes.indexOf(sought, end);
  }
}

/** Null when it is not one whole JSON object: a report that can't be read must not be skipped. */
export function dataOf(line: string): JsonObject | null {
  if (!line.startsWith('data:')) return null;
  return parseObject(line.slice('data:'.length));
}
