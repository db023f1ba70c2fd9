// A disk that can be filled: the state lies on a small tmpfs where we may mount one; elsewhere the kernel refuses the processes any
// larger file (RLIMIT_FSIZE), which reaches those that live already but not new ones.
import { execFileSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Scenario } from './harness.ts';

export interface SmallDisk {
  readonly kind: 'tmpfs' | 'rlimit';
  fill(): void;
  free(): void;
  remove(): void;
}

/** Call before anything of the scenario is written. `pids` are the processes that the fallback limits. */
export function smallDisk(scenario: Scenario, pids: () => readonly number[]): SmallDisk {
  mkdirSync(scenario.stateHome);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', scenario.stateHome], { stdio: 'pipe' });
  } catch (error) {
    console.log(`no tmpfs can be mounted (${String(error).split('\n')[0]}): RLIMIT_FSIZE takes its place`);
    return limited(pids);
  }
  const filler = join(scenario.stateHome, 'filler');
  return {
    kind: 'tmpfs',
    fill: () => fill(filler),
    free: () => rmSync(filler),
    remove: () => execFileSync('umount', ['-l', scenario.stateHome]),
  };
}

function fill(path: string): void {
  const file = openSync(path, 'w');
  try {
    for (const size of [65_536, 4_096, 1]) writeUntilFull(file, Buffer.alloc(size));
  } finally {
    closeSync(file);
  }
}

function writeUntilFull(file: number, bytes: Buffer): void {
  try {
    while (writeSync(file, bytes) === bytes.length);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error;
  }
}

function limited(pids: () => readonly number[]): SmallDisk {
  const limit = (bytes: string): void => {
    for (const pid of pids()) execFileSync('prlimit', ['--pid', String(pid), `--fsize=${bytes}:unlimited`]);
  };
  return {
    kind: 'rlimit',
    fill: () => limit('4096'),
    free: () => limit('unlimited'),
    remove: () => undefined,
  };
}
