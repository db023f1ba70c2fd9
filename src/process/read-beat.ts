// Judges another process by its heartbeat file: it must live *and* have beaten lately. A stopped or blocked owner turns
// stale, an owner that is gone is dead however fresh its file looks, and a file that cannot be understood is never alive.
import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { faultCode } from '../core/fault-code.ts';
import { isAlive, type ProcessId, parseProcessId } from './process-id.ts';

export type BeatReading =
  | { readonly state: 'alive'; readonly id: ProcessId; readonly ageMs: number }
  | { readonly state: 'stale'; readonly id: ProcessId; readonly ageMs: number }
  | { readonly state: 'dead'; readonly id: ProcessId }
  | { readonly state: 'none' }
  | { readonly state: 'unreadable'; readonly reason: string };

/** `nowMs` is the time of day in ms; a file from the future counts as just touched. */
export function readBeat(path: string, nowMs: number, staleAfterMs: number): BeatReading {
  let read: { text: string; mtimeMs: number };
  try {
    read = readWithTime(path);
  } catch (error) {
    if (faultCode(error) === 'ENOENT') return { state: 'none' };
    return { state: 'unreadable', reason: error instanceof Error ? error.message : String(error) };
  }
  const id = parseProcessId(read.text);
  if (id === null) {
    return { state: 'unreadable', reason: `${path} does not hold {pid, startTicks, bootId}` };
  }
  if (!isAlive(id)) return { state: 'dead', id };
  const ageMs = Math.max(0, nowMs - read.mtimeMs);
  return { state: ageMs < staleAfterMs ? 'alive' : 'stale', id, ageMs };
}

/** Words and time through one descriptor, so that they are of the same file when it is replaced meanwhile. */
function readWithTime(path: string): { text: string; mtimeMs: number } {
  const fd = openSync(path, 'r');
  try {
    return { text: readFileSync(fd, 'utf8'), mtimeMs: fstatSync(fd).mtimeMs };
  } finally {
    closeSync(fd);
  }
}
