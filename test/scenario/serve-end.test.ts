// Ctrl-C on the server, with a run that lives and without one: what ends, what stays, and for how long.
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { stateLayout } from '../../src/config/entry.ts';
import { isAlive, readBeat } from '../../src/process/entry.ts';
import { watchdogLives } from './family.ts';
import { eventually, Scenario } from './harness.ts';

vi.setConfig({ testTimeout: 60_000 });

let scenario: Scenario;
beforeEach(async () => {
  scenario = await Scenario.create();
});
afterEach(async () => {
  await scenario.close();
});

async function started() {
  const server = await scenario.serve();
  await watchdogLives(scenario);
  const beat = readBeat(stateLayout(scenario.stateDir).watchdogBeat, Date.now(), 1_000);
  if (!('id' in beat)) throw new Error('no watchdog');
  return { server, watchdog: beat.id };
}

it('says that nothing stays when no run lives', async () => {
  const { server, watchdog } = await started();
  server.child.kill('SIGINT');
  const { code, stderr } = await server.finished;
  expect([code, stderr]).toEqual([
    0,
    expect.stringContaining('ended: the server; no run is live, and no watchdog stays') as string,
  ]);
  expect(isAlive(watchdog)).toBe(false);
});

it('says that the watchdog stays with a run that lives, which ends after it by itself', async () => {
  const { server, watchdog } = await started();
  const run = scenario.start(['run', 'noop']);
  await run.says(/held|waits/);
  server.child.kill('SIGINT');
  expect((await server.finished).stderr).toContain(
    '1 run is live, and the watchdog stays with it: `governed-agents serve` takes it up again',
  );
  expect(isAlive(watchdog)).toBe(true);
  await scenario.run(['kill', 'noop']);
  await eventually(() => (isAlive(watchdog) ? null : true), 'the watchdog to end', 30_000);
  expect(readFileSync(stateLayout(scenario.stateDir).serverLog, 'utf8')).toContain(
    'no run is live and no server is there: the watchdog ends',
  );
});

it('is no failure where what stays cannot be seen', async () => {
  const { server } = await started();
  const { store } = stateLayout(scenario.stateDir);
  renameSync(store, `${store}.kept`);
  writeFileSync(store, 'no store');
  server.child.kill('SIGINT');
  const { code, stderr } = await server.finished;
  expect([code, stderr]).toEqual([
    0,
    expect.stringContaining('the server has ended; what stays could not be seen: ') as string,
  ]);
  renameSync(`${store}.kept`, store);
});

it('says of a watchdog that somebody else started that it stays', async () => {
  const byHand = scenario.start(['watchdog']);
  await byHand.says(/watching/);
  const server = await scenario.serve();
  server.child.kill('SIGINT');
  expect((await server.finished).stderr).toContain(
    'a watchdog that it did not start is still there: one of an earlier server ends by itself, any other with `governed-agents down`',
  );
  expect(byHand.child.exitCode).toBeNull();
});
