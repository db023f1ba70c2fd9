import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { stateLayout } from '../../src/config/entry.ts';
import { isAlive, readBeat, startBeat } from '../../src/process/entry.ts';
import { keepWatchdog, type WatchdogChild } from '../../src/server/supervise/watchdog-child.ts';

const dir = mkdtempSync(join(tmpdir(), 'governed-watchdog-'));
const layout = stateLayout(dir);
let kept: WatchdogChild | null = null;
afterEach(() => {
  kept?.stop();
  rmSync(layout.watchdogBeat, { force: true });
});

/** Beats as a watchdog does, by the same file. */
const STAND_IN = `
import { readFileSync, renameSync, utimesSync, writeFileSync } from 'node:fs';
const path = process.argv[1];
const startTicks = Number(readFileSync('/proc/self/stat', 'latin1').split(') ')[1].split(' ')[19]);
const bootId = readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
writeFileSync(path + '.new', JSON.stringify({ pid: process.pid, startTicks, bootId }));
renameSync(path + '.new', path);
console.error('watching');
setInterval(() => utimesSync(path, new Date(), new Date()), 100);
`;

function keep(log: string[] = []): WatchdogChild {
  const command = [process.execPath, '--input-type=module', '-e', STAND_IN, layout.watchdogBeat];
  return keepWatchdog({ layout, command, cwd: dir, log: (line) => log.push(line) });
}

async function beating(): Promise<number> {
  for (;;) {
    const beat = readBeat(layout.watchdogBeat, Date.now(), 1_000);
    if (beat.state === 'alive') return beat.id.pid;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

it('starts a watchdog, puts its messages into the log, and starts another when it is killed', async () => {
  const log: string[] = [];
  kept = keep(log);
  const first = await beating();
  while (!readFileSync(layout.serverLog, 'utf8').includes('watching'))
    await new Promise((resolve) => setTimeout(resolve, 20));
  process.kill(first, 'SIGKILL');
  while ((await beating()) === first) await new Promise((resolve) => setTimeout(resolve, 20));
  expect(log.join()).toContain('SIGKILL');
});

it('starts none while one lives, and leaves that one alone when it stops', async () => {
  const beat = startBeat(layout.watchdogBeat, { everyMs: 100, onFault: () => undefined });
  kept = keep();
  await new Promise((resolve) => setTimeout(resolve, 800));
  expect(await beating()).toBe(process.pid);
  beat.stop();
  expect(await beating()).not.toBe(process.pid);
});

it('ends the watchdog it started when it is told to', async () => {
  kept = keep();
  await beating();
  const beat = readBeat(layout.watchdogBeat, Date.now(), 1_000);
  if (beat.state !== 'alive') throw new Error('it does not beat');
  kept.stop();
  while (isAlive(beat.id)) await new Promise((resolve) => setTimeout(resolve, 20));
});
