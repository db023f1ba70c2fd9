// A stop that could not be recorded (disk full, store locked or corrupt) is not forgotten: it is marked by renaming a file that was made
// beforehand, since a rename within a folder needs no free space; the reason takes the place of the blanks in it. Server and watchdog read
// the marks, act on them, and put them into the record when that is possible again.
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';

export type StopMark = 'none' | 'pause' | 'kill';

const REASON_BYTES = 1_024;

/** Makes the unmarked file; done once when a state or a run is made. */
export function prepareStopMark(dir: string): void {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  if (readStopMark(dir) === 'none') writeFileSync(fileOf(dir, 'none'), reasonBytes(''), { mode: 0o600 });
}

export function readStopMark(dir: string): StopMark {
  if (existsSync(fileOf(dir, 'kill'))) return 'kill';
  return existsSync(fileOf(dir, 'pause')) ? 'pause' : 'none';
}

/** Why it was marked, as far as that could be kept. */
export function readStopReason(dir: string): string | null {
  const file = fileOf(dir, readStopMark(dir));
  const text = existsSync(file) ? readFileSync(file, 'utf8').replace(/\uFFFD?\s*$/, '') : '';
  return text === '' ? null : text;
}

/** `dir` is a run's folder, or the state folder, where `kill` is the kill switch. Throws when even a rename fails. */
export function setStopMark(dir: string, mark: StopMark, reason = ''): void {
  const from = readStopMark(dir);
  if (from === mark) return;
  if (!existsSync(fileOf(dir, from))) {
    writeFileSync(fileOf(dir, mark), reasonBytes(reason), { mode: 0o600 });
    return;
  }
  keepReason(fileOf(dir, from), reason);
  renameSync(fileOf(dir, from), fileOf(dir, mark));
}

function keepReason(file: string, reason: string): void {
  try {
    const open = openSync(file, 'r+');
    try {
      writeSync(open, reasonBytes(reason), 0, REASON_BYTES, 0);
    } finally {
      closeSync(open);
    }
  } catch {
    // A disk without room for it is why there are marks: the stop counts, not what is said of it.
  }
}

function reasonBytes(reason: string): Buffer {
  const bytes = Buffer.alloc(REASON_BYTES, ' ');
  bytes.write(reason);
  return bytes;
}

function fileOf(dir: string, mark: StopMark): string {
  return join(dir, `stop.${mark}`);
}
