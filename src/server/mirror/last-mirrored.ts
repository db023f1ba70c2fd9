// How far audit.jsonl has come, by its last complete line alone.
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

const LONGEST_TAIL = 4 * 1024 * 1024;

/** The number of the last event in it; 0 when there is none. */
export function lastMirrored(path: string): number {
  let text: string;
  try {
    text = tailOf(path);
  } catch {
    // The server makes the file; without one nothing is mirrored yet.
    return 0;
  }
  const line = text.slice(0, text.lastIndexOf('\n')).split('\n').at(-1) ?? '';
  return Number(/^\{"v":\d+,"seq":(\d+),/.exec(line)?.[1] ?? 0);
}

function tailOf(path: string): string {
  const file = openSync(path, 'r');
  try {
    const { size } = fstatSync(file);
    const bytes = Buffer.alloc(Math.min(size, LONGEST_TAIL));
    const count = readSync(file, bytes, 0, bytes.length, size - bytes.length);
    return bytes.toString('utf8', 0, count);
  } finally {
    closeSync(file);
  }
}
