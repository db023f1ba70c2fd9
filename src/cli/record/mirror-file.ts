// Reads audit.jsonl front to back beside the lines that it should hold. Up to the size it had when it was opened, so that a server
// that appends meanwhile does not matter.
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { splitLine } from '../../core/audit/line.ts';
import { faultCode } from '../../core/fault-code.ts';

export interface Compared {
  /** How many of the lines stand in the file as they should. */
  readonly matched: number;
  /** What is wrong with the line after those; null when nothing is, or the file ends there. */
  readonly differs: string | null;
  readonly torn: boolean;
}

export interface MirrorFile {
  readonly path: string;
  readonly size: number;
  compare(lines: readonly string[]): Compared;
  /** Bytes are left that nothing was compared with. */
  hasMore(): boolean;
  close(): void;
}

const NEWLINE = 0x0a;

/** Null when there is no such file. */
export function openMirrorFile(path: string): MirrorFile | null {
  let fd: number;
  try {
    fd = openSync(path, 'r');
  } catch (error) {
    if (faultCode(error) === 'ENOENT') return null;
    throw error;
  }
  const { size } = fstatSync(fd);
  const encode = lineEncoder();
  let at = 0;
  let isTorn = false;
  return {
    path,
    size,
    compare(lines) {
      const expected = encode(lines);
      const found = readAt(fd, at, Math.min(expected.length, size - at));
      if (found.equals(expected)) {
        at += expected.length;
        return { matched: lines.length, differs: null, torn: false };
      }
      const compared = firstDifference(lines, found, at + found.length === size);
      at += compared.bytes;
      isTorn = compared.torn;
      if (compared.differs === null) return compared;
      return { ...compared, differs: explain(fd, at, size) ?? compared.differs };
    },
    hasMore: () => at < size && !isTorn,
    close: () => closeSync(fd),
  };
}

/** Into one buffer that is used again and again: joining the lines first takes ten times as long. */
function lineEncoder(): (lines: readonly string[]) => Buffer {
  let buffer = Buffer.allocUnsafe(1024 * 1024);
  return (lines) => {
    // A character takes at most three bytes of UTF-8.
    const most = lines.reduce((sum, line) => sum + 3 * line.length + 1, 0);
    if (buffer.length < most) buffer = Buffer.allocUnsafe(most);
    let length = 0;
    for (const line of lines) {
      length += buffer.write(line, length);
      buffer[length] = NEWLINE;
      length += 1;
    }
    return buffer.subarray(0, length);
  };
}

function firstDifference(
  lines: readonly string[],
  found: Buffer,
  isEnd: boolean,
): Compared & { readonly bytes: number } {
  let at = 0;
  for (const [matched, text] of lines.entries()) {
    const line = Buffer.from(`${text}\n`);
    const there = found.subarray(at, at + line.length);
    if (there.equals(line)) {
      at += line.length;
      continue;
    }
    const isCut = isEnd && at + there.length === found.length && line.subarray(0, there.length).equals(there);
    if (isCut) return { matched, differs: null, torn: there.length > 0, bytes: at };
    return { matched, differs: 'it is not what the store has for this event', torn: false, bytes: at };
  }
  return { matched: lines.length, differs: null, torn: false, bytes: at };
}

/** What the line that differs looks like by itself. */
function explain(fd: number, at: number, size: number): string | null {
  const text = readAt(fd, at, Math.min(64 * 1024, size - at)).toString('utf8');
  const line = text.split('\n')[0] ?? '';
  if (line === '') return 'the line is empty';
  return splitLine(line) === null && text.includes('\n') ? 'the line has not the form of an event' : null;
}

function readAt(fd: number, position: number, length: number): Buffer {
  const buffer = Buffer.allocUnsafe(length);
  let at = 0;
  while (at < length) {
    const count = readSync(fd, buffer, at, length - at, position + at);
    if (count === 0) break;
    at += count;
  }
  return buffer.subarray(0, at);
}
