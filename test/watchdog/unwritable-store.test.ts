import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import { readStopMark, setStopMark } from '../../src/config/stop-marker.ts';
import { listTree, readBeat } from '../../src/process/entry.ts';
import { openStore } from '../../src/store/open.ts';
import { Governed, type GovernedRun, standsStill, until, untilGrows, useWatchdog } from './governed.ts';

useWatchdog();

const mounts: string[] = [];

afterEach(() => {
  for (const folder of mounts.splice(0)) {
    execFileSync('sh', ['-c', 'umount -l "$0"', folder]);
    rmSync(folder, { recursive: true, force: true });
  }
});

it('stops a run while another process keeps the store locked, stays alive, and records it afterwards', async () => {
  const governed = new Governed();
  const watchdog = await governed.startWatchdog();
  const run = await governed.newRun();
  const other = openStore(governed.layout.store, { mode: 'write', busyMs: 0 });
  watchdog.process.kill('SIGSTOP');
  for (const input of ['make', 'make', 'make']) governed.call(run, input);
  other.exec('BEGIN IMMEDIATE');
  watchdog.process.kill('SIGCONT');
  await untilStill(run);
  await until(() => readStopMark(run.dir) === 'pause', 'the pause is marked');
  expect(await standsStill(run)).toBe(true);
  const beats: string[] = [];
  for (let looks = 0; looks < 15; looks += 1) {
    beats.push(readBeat(governed.layout.watchdogBeat, Date.now(), 1_000).state);
    await delay(100);
  }
  expect(new Set(beats)).toEqual(new Set(['alive']));
  expect(run.row().status).toBe('running');
  other.exec('ROLLBACK');
  other.close();
  await until(() => run.row().status === 'paused', 'the pause is recorded');
  await until(() => readStopMark(run.dir) === 'none', 'the mark is gone');
  expect(await standsStill(run)).toBe(true);
});

it('records no marked stop that the server recorded before it, and that a person has lifted since', async () => {
  const governed = new Governed();
  const watchdog = await governed.startWatchdog();
  const run = await governed.newRun();
  const other = openStore(governed.layout.store, { mode: 'write', busyMs: 0 });
  other.exec('BEGIN IMMEDIATE');
  setStopMark(run.dir, 'pause', 'while it lasts');
  await untilStill(run);
  const failures = (): number => watchdog.lines.filter((line) => line.includes('recorded yet')).length;
  await until(() => failures() > 0, 'it could not record it');
  // Long enough for its next try to be seconds away.
  await delay(2_500);
  setStopMark(run.dir, 'none');
  other.exec('ROLLBACK');
  other.close();
  await untilGrows(run);
  await delay(4_500);
  expect(run.row().status).toBe('running');
  expect(governed.payloads('watchdog_pause', run.id)).toEqual([]);
  expect(readStopMark(run.dir)).toBe('none');
  await untilGrows(run);
});

it('stops a run with the disk full, and records it when there is space again', async (test) => {
  const folder = smallDisk(4_096);
  if (folder === null) return test.skip('no small disk can be mounted here');
  const governed = new Governed({ stateDir: join(folder, 'state') });
  const watchdog = await governed.startWatchdog();
  const run = await governed.newRun();
  watchdog.process.kill('SIGSTOP');
  for (const input of ['make', 'make', 'make']) governed.call(run, input);
  const filler = join(folder, 'filler');
  fill(filler);
  watchdog.process.kill('SIGCONT');
  await untilStill(run);
  await until(() => readStopMark(run.dir) === 'pause', 'the pause is marked');
  expect(await standsStill(run)).toBe(true);
  expect(run.row().status).toBe('running');
  expect(watchdog.lines.join('\n')).toContain('could not be recorded yet');
  rmSync(filler);
  await until(() => run.row().status === 'paused', 'the pause is recorded');
  await until(() => readStopMark(run.dir) === 'none', 'the mark is gone');
  expect(governed.payloads('watchdog_pause', run.id)).toHaveLength(1);
});

it('ends a run with the disk full when its runner dies', async (test) => {
  const folder = smallDisk(4_096);
  if (folder === null) return test.skip('no small disk can be mounted here');
  const governed = new Governed({ stateDir: join(folder, 'state') });
  await governed.startWatchdog();
  const run = await governed.newRun();
  const filler = join(folder, 'filler');
  fill(filler);
  run.runner.process.kill('SIGKILL');
  await until(() => listTree(run.tree).length === 0, 'the tree is gone');
  await until(() => readStopMark(run.dir) === 'kill', 'the end is marked');
  rmSync(filler);
  await until(() => run.row().status === 'lost', 'the end is recorded');
});

it('goes on without its store while that is away, and takes it up again', async () => {
  const governed = new Governed();
  const watchdog = await governed.startWatchdog();
  const run = await governed.newRun();
  const away = `${governed.layout.store}.away`;
  renameSync(governed.layout.store, away);
  await until(() => watchdog.lines.some((line) => line.includes('was removed')), 'it says so');
  await untilGrows(run);
  renameSync(away, governed.layout.store);
  await until(() => watchdog.lines.some((line) => line.includes('can be read again')), 'it is back');
  for (const input of ['make', 'make', 'make']) governed.call(run, input);
  await until(() => run.row().status === 'paused', 'the run is paused');
  expect(await standsStill(run)).toBe(true);
});

function untilStill(run: GovernedRun): Promise<void> {
  return until(() => listTree(run.tree).every(({ stopped }) => stopped), 'the tree stands still');
}

/** A folder on a disk of its own, of so many KiB; null where this user can't mount one. */
function smallDisk(kib: number): string | null {
  const folder = mkdtempSync(join(tmpdir(), 'watchdog-disk-'));
  try {
    const command = `mount -t tmpfs -o size=${kib}k tmpfs "$0"`;
    execFileSync('sh', ['-c', command, folder], { stdio: 'ignore' });
  } catch {
    rmSync(folder, { recursive: true });
    return null;
  }
  mounts.push(folder);
  return folder;
}

function fill(path: string): void {
  for (let size = 65_536; size >= 1; size = Math.floor(size / 2)) {
    try {
      for (;;) appendFileSync(path, Buffer.alloc(size));
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error;
    }
  }
}
