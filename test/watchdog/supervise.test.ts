import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, openSync, readFileSync, writeSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { readStopMark, setStopMark } from '../../src/config/stop-marker.ts';
import { reserve } from '../../src/governor/ledger/reserve.ts';
import { killRun } from '../../src/governor/stop/kill-run.ts';
import { pauseRun } from '../../src/governor/stop/pause-run.ts';
import { identify, listTree, readBeat, startBeat } from '../../src/process/entry.ts';
import { readBalance } from '../../src/store/read/ledger.ts';
import { readKillSwitch } from '../../src/store/read/meta.ts';
import { Governed, standsStill, until, untilGrows, useWatchdog, WATCH_TOML } from './governed.ts';

useWatchdog();

const PRICES = '[prices."m"]\ninput_usd_per_mtok = 1\noutput_usd_per_mtok = 10\n';

it('kills the tree of a run whose runner was killed, ends it as lost and books its reservations whole', async () => {
  const governed = new Governed({ projectToml: WATCH_TOML + PRICES });
  await governed.startWatchdog();
  const run = await governed.newRun({ runUsdCap: 1_000_000 });
  const call = { runId: run.id, idempotencyKey: 'a', provider: 'anthropic', model: 'm' };
  const reserved = governed.governor.commitNow((tx) =>
    reserve(tx, { ...call, inputTokens: 1_000, outputTokens: 100 }),
  );
  if (reserved.result !== 'reserved') throw new Error(reserved.detail);
  run.runner.process.kill('SIGKILL');
  await until(() => listTree(run.tree).length === 0, 'the tree is gone');
  await until(() => run.row().ended_at_ms !== null, 'the run is over');
  expect(run.row().status).toBe('lost');
  expect(governed.payloads('run_ended', run.id)[0]).toMatchObject({ status: 'lost', rule: 'runner_lost' });
  const balance = readBalance(governed.store, `run:${run.id}`);
  expect(balance).toMatchObject({ posted_usd: reserved.usd, reserved_usd: 0 });
});

it('holds the tree while the runner is stopped, says so in the record, and lets both go on together', async () => {
  const governed = new Governed();
  await governed.startWatchdog();
  const run = await governed.newRun();
  run.runner.process.kill('SIGSTOP');
  await until(() => run.row().status === 'paused', 'the run is suspended');
  expect(await standsStill(run)).toBe(true);
  expect(run.row().pause_source).toBe('supervisor');
  run.runner.process.kill('SIGCONT');
  await untilGrows(run);
  expect(run.row()).toMatchObject({ status: 'running', pause_source: null });
});

it('leaves a pause of the operator alone when the runner is back', async () => {
  const governed = new Governed();
  await governed.startWatchdog();
  const run = await governed.newRun();
  run.runner.process.kill('SIGSTOP');
  await until(() => run.row().pause_source === 'supervisor', 'the run is suspended');
  const actor = { kind: 'operator', id: null } as const;
  governed.governor.commitNow((tx) =>
    pauseRun(tx, { runId: run.id, reason: 'mine', source: 'operator', actor }),
  );
  run.runner.process.kill('SIGCONT');
  await delay(1_000);
  expect(run.row()).toMatchObject({ status: 'paused', pause_source: 'operator' });
  expect(await standsStill(run)).toBe(true);
});

it('does all this while the server is dead, and notes that once', async () => {
  const governed = new Governed();
  const watchdog = await governed.startWatchdog();
  const run = await governed.newRun();
  await until(() => governed.payloads('watchdog_warning').length > 0, 'the missing server is noted');
  expect(governed.payloads('watchdog_warning')).toMatchObject([{ rule: 'server_gone' }]);
  for (const input of ['make', 'make', 'make']) governed.call(run, input);
  await until(() => run.row().status === 'paused', 'the run is paused');
  expect(await standsStill(run)).toBe(true);
  // What it prints arrives through a pipe, and may come after what it wrote.
  const notes = (): string[] => watchdog.lines.filter((line) => line.includes('server is gone'));
  await until(() => notes().length > 0, 'the note is printed');
  expect(notes()).toHaveLength(1);
});

it('acts on a mark in the folder of a run, records it and takes the mark away', async () => {
  const governed = new Governed();
  await governed.startWatchdog();
  const run = await governed.newRun();
  const killed = await governed.newRun();
  setStopMark(run.dir, 'pause');
  setStopMark(killed.dir, 'kill');
  await until(() => listTree(killed.tree).length === 0, 'the killed tree is gone');
  await until(() => run.row().status === 'paused', 'the pause is recorded');
  await until(() => killed.row().status === 'killed', 'the kill is recorded');
  expect(await standsStill(run)).toBe(true);
  await until(
    () => readStopMark(run.dir) === 'none' && readStopMark(killed.dir) === 'none',
    'no mark is left',
  );
});

it('takes a kill mark of the whole state for the kill switch', async () => {
  const governed = new Governed();
  await governed.startWatchdog();
  const runs = [await governed.newRun(), await governed.newRun()];
  setStopMark(governed.layout.dir, 'kill');
  for (const run of runs) await until(() => listTree(run.tree).length === 0, 'the tree is gone');
  await until(() => readKillSwitch(governed.store).on, 'the kill switch is on');
  expect(runs.map((run) => run.row().status)).toEqual(['killed', 'killed']);
  await until(() => readStopMark(governed.layout.dir) === 'none', 'the mark is gone');
});

it('beats while it lives, and sends a second watchdog away', async () => {
  const governed = new Governed();
  const first = await governed.startWatchdog();
  expect(readBeat(governed.layout.watchdogBeat, Date.now(), 1_000)).toMatchObject({
    state: 'alive',
    id: identify(first.process.pid ?? 0),
  });
  const second = await governed.startWatchdog();
  await second.ended;
  expect(second.lines[0]).toContain('a watchdog lives already');
  expect(second.lines.at(-1)).toBe('end: already_running');
  expect(second.process.exitCode).toBe(0);
  first.process.kill('SIGTERM');
  await first.ended;
  expect(existsSync(governed.layout.watchdogBeat)).toBe(false);
});

it('ends by itself when it was started by a server, once no run lives and no server beats', async () => {
  const governed = new Governed();
  const run = await governed.newRun();
  const server = startBeat(governed.layout.serverBeat, { everyMs: 100, onFault: () => undefined });
  const watchdog = await governed.startWatchdog(1_000);
  const actor = { kind: 'operator', id: null } as const;
  await delay(3_000);
  server.stop();
  await delay(3_000);
  expect([watchdog.process.exitCode, listTree(run.tree).length > 0]).toEqual([null, true]);
  governed.governor.commitNow((tx) => killRun(tx, { runId: run.id, reason: 'enough', actor }));
  await watchdog.ended;
  expect(watchdog.lines.at(-1)).toBe('end: not_needed');
  expect(listTree(run.tree)).toEqual([]);
  expect(existsSync(governed.layout.watchdogBeat)).toBe(false);
});

it('stays beside a server that beats, and everywhere when nobody said otherwise', async () => {
  const governed = new Governed();
  const alone = new Governed();
  const server = startBeat(governed.layout.serverBeat, { everyMs: 100, onFault: () => undefined });
  const [beside, byHand] = [await governed.startWatchdog(500), await alone.startWatchdog()];
  await delay(3_500);
  expect([beside.process.exitCode, byHand.process.exitCode]).toEqual([null, null]);
  server.stop();
  await beside.ended;
  expect(byHand.process.exitCode).toBeNull();
});

it('takes the place of a watchdog that hangs, which goes when it can', async () => {
  const governed = new Governed();
  const first = await governed.startWatchdog();
  first.process.kill('SIGSTOP');
  await delay(1_500);
  const second = await governed.startWatchdog();
  first.process.kill('SIGCONT');
  await first.ended;
  expect(first.lines.at(-1)).toBe('end: replaced');
  expect(second.process.exitCode).toBeNull();
  expect(readBeat(governed.layout.watchdogBeat, Date.now(), 1_000).state).toBe('alive');
});

it('keeps watching with the default thresholds when the accepted rules cannot be read', async () => {
  const governed = new Governed();
  governed.acceptBroken();
  const watchdog = await governed.startWatchdog();
  const run = await governed.newRun();
  for (const input of ['make', 'make', 'make', 'make', 'make']) governed.call(run, input);
  await until(() => run.row().status === 'paused', 'the run is paused');
  expect(watchdog.lines.filter((line) => line.includes('default thresholds'))).toHaveLength(1);
});

it('supervises what it finds in the run folders while the store is damaged, and stops it', async () => {
  const governed = new Governed();
  const run = await governed.newRun();
  const watchdog = await governed.startWatchdog();
  damage(governed.layout.store);
  await until(() => watchdog.lines.some((line) => /damaged|not a store/.test(line)), 'it says so');
  await untilGrows(run);
  run.runner.process.kill('SIGKILL');
  await until(() => listTree(run.tree).length === 0, 'the tree is gone');
  await until(() => readStopMark(run.dir) === 'kill', 'the end is marked');
  expect(watchdog.process.exitCode).toBeNull();
});

it('starts over a store that is no store, and finds the trees all the same', async () => {
  const governed = new Governed();
  const run = await governed.newRun();
  damage(governed.layout.store);
  const watchdog = await governed.startWatchdog();
  run.runner.process.kill('SIGKILL');
  await until(() => listTree(run.tree).length === 0, 'the tree is gone');
  expect(watchdog.lines.some((line) => /damaged|not a store/.test(line))).toBe(true);
  expect(readFileSync(governed.layout.store).length).toBeGreaterThan(0);
});

function damage(path: string): void {
  for (const file of [path, `${path}-wal`]) {
    const length = existsSync(file) ? readFileSync(file).length : 0;
    const fd = openSync(file, 'r+');
    writeSync(fd, randomBytes(length), 0, length, 0);
    closeSync(fd);
  }
}
