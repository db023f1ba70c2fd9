// Reads a run's transcript from a byte on, or its end: whole lines only, and a bounded number of bytes at once. A line may hold anything.
import { open, stat } from 'node:fs/promises';
import { faultCode } from '../../core/fault-code.ts';

const MOST_BYTES = 256 * 1024;

export interface TranscriptPage {
  readonly items: readonly unknown[];
  /** Where the next page starts; the same as asked for when there is nothing more yet. */
  readonly nextByte: number;
}

export async function readTranscript(path: string, fromByte: number, most: number): Promise<TranscriptPage> {
  const bytes = await readFrom(path, fromByte);
  const items: unknown[] = [];
  let at = 0;
  while (items.length < most) {
    const end = bytes.indexOf(0x0a, at);
    if (end < 0) break;
    items.push(parseLine(bytes.toString('utf8', at, end)));
    at = end + 1;
  }
  // A single line longer than a page is passed on in pieces, or nobody would ever get past it.
  if (items.length === 0 && bytes.length === MOST_BYTES) {
    return { items: [{ raw: bytes.toString('utf8') }], nextByte: fromByte + bytes.length };
  }
  return { items, nextByte: fromByte + at };
}

/** The last lines, at most `most` and at most a page of bytes; what follows is asked for from `nextByte` on. */
export async function readTranscriptEnd(path: string, most: number): Promise<TranscriptPage> {
  const fromByte = Math.max(0, (await sizeOf(path)) - MOST_BYTES);
  const bytes = await readFrom(path, fromByte);
  // What comes before the first end of a line began on the page before.
  const first = fromByte === 0 ? 0 : bytes.indexOf(0x0a) + 1;
  const last = bytes.lastIndexOf(0x0a) + 1;
  const lines = last > first ? bytes.toString('utf8', first, last - 1).split('\n') : [];
  return { items: lines.slice(-most).map(parseLine), nextByte: fromByte + last };
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (faultCode(error) === 'ENOENT') return 0;
    throw error;
  }
}

async function readFrom(path: string, fromByte: number): Promise<Buffer> {
  try {
    const file = await open(path, 'r');
    try {
      const buffer = Buffer.alloc(MOST_BYTES);
      const { bytesRead } = await file.read(buffer, 0, MOST_BYTES, fromByte);
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
