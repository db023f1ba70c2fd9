// Compares audit.jsonl with the event table, byte by byte. What the file lacks at its end is the follower's to append; a last line
// that a crash cut is cut off; anything else that differs is named and left exactly as it is.
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { formatLine } from '../../core/audit/line.ts';
import { OperationError } from '../../core/fault.ts';
import type { Store } from '../../store/open.ts';
import { type EventRow, lineParts, readEventsAfter } from '../../store/read/events.ts';
import type { MirrorPlace } from './follow.ts';

const LINES_AT_ONCE = 1_000;

/** Makes an empty file where there is none. */
export async function reconcileMirror(store: Store, path: string): Promise<MirrorPlace> {
  const file = await openMirror(path);
  try {
    const found = await file.stat();
    // Not a file that could be compared: the follower says so, and what needs it is refused.
    if (!found.isFile()) return { seq: 0, bytes: 0 };
    return await compare(store, file, found.size, path);
  } finally {
    await file.close();
  }
}

async function openMirror(path: string): Promise<FileHandle> {
  try {
    return await open(path, constants.O_RDWR | constants.O_CREAT | constants.O_NONBLOCK, 0o600);
  } catch (cause) {
    throw new OperationError({
      op: 'open the mirror',
      code: 'mirror_unusable',
      message: `can't open ${path}: ${cause instanceof Error ? cause.message : String(cause)}`,
      hint: 'make the file writable for this user, or move it away: it is written anew from the store',
      cause,
    });
  }
}

async function compare(store: Store, file: FileHandle, size: number, path: string): Promise<MirrorPlace> {
  let place: MirrorPlace = { seq: 0, bytes: 0 };
  while (place.bytes < size) {
    const rows = readEventsAfter(store, place.seq, LINES_AT_ONCE);
    const lines = rows.map(lineOf);
    const expected = Buffer.concat(lines);
    const found = await readAt(file, place.bytes, Math.min(Math.max(expected.length, 1), size - place.bytes));
    if (rows.length > 0 && found.equals(expected)) {
      place = { seq: place.seq + rows.length, bytes: place.bytes + expected.length };
      continue;
    }
    return await endOf(file, size, path, place, lines, found);
  }
  return place;
}

/** Some line among these is missing, cut or different. */
async function endOf(
  file: FileHandle,
  size: number,
  path: string,
  from: MirrorPlace,
  lines: readonly Buffer[],
  found: Buffer,
): Promise<MirrorPlace> {
  let { seq, bytes } = from;
  let at = 0;
  for (const line of lines) {
    if (!found.subarray(at, at + line.length).equals(line)) break;
    seq += 1;
    at += line.length;
  }
  bytes += at;
  if (bytes === size) return { seq, bytes };
  const expected = lines[seq - from.seq];
  if (expected === undefined) throw differs(path, seq + 1, 'the store has no such event');
  const rest = await readAt(file, bytes, Math.min(size - bytes, expected.length));
  const isCut =
    bytes + rest.length === size &&
    (rest.equals(expected.subarray(0, rest.length)) || rest.every((byte) => byte === 0));
  if (!isCut) throw differs(path, seq + 1, 'it is not what the store has for this event');
  await file.truncate(bytes);
  await file.sync();
  return { seq, bytes };
}

function lineOf(row: EventRow): Buffer {
  return Buffer.from(`${formatLine(lineParts(row))}\n`);
}

async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  let at = 0;
  while (at < length) {
    const { bytesRead } = await file.read(buffer, at, length - at, position + at);
    if (bytesRead === 0) break;
    at += bytesRead;
  }
  return buffer.subarray(0, at);
}

function differs(path: string, line: number, what: string): OperationError {
  return new OperationError({
    op: 'compare the mirror with the store',
    code: 'mirror_differs',
    message: `line ${line} of ${path} differs: ${what}`,
    hint: `nothing was changed. Find out which is right with \`governed-agents audit verify\`; to go on with the store, move ${path} away: it is written anew`,
  });
}
