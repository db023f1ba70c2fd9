// A stop that could not be recorded (disk full, store locked or corrupt) is not forgotten: it is marked by renaming an empty file
// that was made beforehand, since a rename within a folder needs no free space. Server and watchdog read the marks, act on them,
// and put them into the record when that is possible again.
import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export type StopMark = 'none' | 'pause' | 'kill';

/** Makes the unmarked file; done once when a state or a run is made. */
export function prepareStopMark(dir: string): void {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  if (readStopMark(dir) === 'none') writeFileSync(fileOf(dir, 'none'), '', { mode: 0o600 });
}

export function readStopMark(dir: string): StopMark {
  if (existsSync(fileOf(dir, 'kill'))) return 'kill';
  return existsSync(fileOf(dir, 'pause')) ? 'pause' : 'none';
}

/** `dir` is a run's folder, or the state folder, where `kill` is the kill switch. Throws when even a rename fails. */
export function setStopMark(dir: string, mark: StopMark): void {
  const from = readStopMark(dir);
  if (from === mark) return;
  if (existsSync(fileOf(dir, from))) renameSync(fileOf(dir, from), fileOf(dir, mark));
  else writeFileSync(fileOf(dir, mark), '', { mode: 0o600 });
}

function fileOf(dir: string, mark: StopMark): string {
  return join(dir, `stop.${mark}`);
}
