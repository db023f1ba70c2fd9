// Reads a run's transcript from a byte on, or its end: whole lines only, and a bounded number of bytes at once. A line may hold anything.
import { open, stat } from 'node:fs/promises';
import { faultCode } from '../../core/fault-code.ts';
import { fieldOf } from '../../core/json-object.ts';
import { isForPeople } from '../../core/transcript-stream.ts';

const MOST_BYTES = 256 * 1024;
/** As far as is looked for lines for a person among the others: longer than any line, so that none is ever split. */
const FARTHEST_BYTES = 8 * 1024 * 1024;

export interface TranscriptWish {
  /** Lines. */
  readonly most: number;
  /** Without what an agent CLI says to its adapter. */
  readonly onlyForPeople: boolean;
}

export interface TranscriptPage {
  readonly items: readonly unknown[];
  /** Where the next page starts; the same as asked for when there is nothing more yet. */
  readonly nextByte: number;
}

export async function readTranscript(
  path: string,
  fromByte: number,
  wish: TranscriptWish,
): Promise<TranscriptPage> {
  const reach = reachOf(wish);
  const items: unknown[] = [];
  let nextByte = fromByte;
  let kept = 0;
  let rest: Uint8Array = Buffer.alloc(0);
  while (items.length < wish.most && kept < MOST_BYTES) {
    const from = nextByte + rest.length;
    const more = await readBytes(path, from, Math.min(MOST_BYTES, fromByte + reach - from));
    if (more.length === 0) break;
    const bytes = Buffer.concat([rest, more]);
    let at = 0;
    while (items.length < wish.most) {
      const end = bytes.indexOf(0x0a, at);
      if (end < 0) break;
      const item = parseLine(bytes.toString('utf8', at, end));
      if (isWanted(item, wish)) {
        items.push(item);
        kept += end - at;
      }
      at = end + 1;
    }
    rest = bytes.subarray(at);
    nextByte += at;
  }
  // A single line as long as what is read at once is passed on in pieces, or nobody would ever get past it.
  if (nextByte === fromByte && rest.length === reach) {
    return { items: [{ raw: Buffer.from(rest).toString('utf8') }], nextByte: fromByte + reach };
  }
  return { items, nextByte };
}

/** The last lines, at most `most` and at most a page of bytes; what follows is asked for from `nextByte` on. */
export async function readTranscriptEnd(path: string, wish: TranscriptWish): Promise<TranscriptPage> {
  const size = await sizeOf(path);
  const farthest = Math.max(0, size - reachOf(wish));
  let items: unknown[] = [];
  let nextByte: number | null = null;
  let kept = 0;
  let start = size;
  /** What comes before the first end of a line began on the page before. */
  let rest: Uint8Array = Buffer.alloc(0);
  while (start > farthest && items.length < wish.most && kept < MOST_BYTES) {
    const from = Math.max(farthest, start - MOST_BYTES);
    const bytes = Buffer.concat([await readBytes(path, from, start - from), rest]);
    start = from;
    const last = bytes.lastIndexOf(0x0a) + 1;
    if (last > 0) nextByte ??= start + last;
    const first = start === 0 ? 0 : last === 0 ? bytes.length : bytes.indexOf(0x0a) + 1;
    rest = bytes.subarray(0, first);
    const lines = last > first ? bytes.toString('utf8', first, last - 1).split('\n') : [];
    const wanted: unknown[] = [];
    for (const line of lines) {
      const item = parseLine(line);
      if (!isWanted(item, wish)) continue;
      wanted.push(item);
      kept += line.length;
    }
    items = [...wanted, ...items];
  }
  return { items: items.slice(-wish.most), nextByte: nextByte ?? farthest };
}

/** How far it is read for one page. */
function reachOf(wish: TranscriptWish): number {
  return wish.onlyForPeople ? FARTHEST_BYTES : MOST_BYTES;
}

function isWanted(item: unknown, wish: TranscriptWish): boolean {
  return !wish.onlyForPeople || isForPeople(fieldOf(item, 'stream'));
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (faultCode(error) === 'ENOENT') return 0;
    throw error;
  }
}

async function readBytes(path: string, fromByte: number, most: number): Promise<Uint8Array> {
  if (most <= 0) return Buffer.alloc(0);
  try {
    const file = await open(path, 'r');
    try {
      const buffer = Buffer.alloc(most);
      const { bytesRead } = await file.read(buffer, 0, most, fromByte);
      return buffer.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  } catch (error) {
    if (faultCode(error) === 'ENOENT') return Buffer.alloc(0);
    throw error;
  }
}

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch {
    // Whatever the agent wrote stays readable as it is.
    return { raw: line };
  }
}
