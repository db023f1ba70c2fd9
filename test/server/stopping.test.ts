import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readStopMark } from '../../src/config/entry.ts';
import { formatTreeJson, killTree, listTree, type SpawnedTree, spawnTree } from '../../src/process/entry.ts';
import type { WireRegisteredRun } from '../../src/server/wire/run.ts';
import { openStore, type Store } from '../../src/store/open.ts';
import { type ProjectFixture, startProject } from './project-fixture.ts';

let f: ProjectFixture;
const trees: SpawnedTree[] = [];
beforeEach(async () => {
  f = await startProject();
});
afterEach(async () => {
  for (const tree of trees.splice(0)) await killTree(tree.handle);
  await f.close();
});

interface LiveRun extends WireRegisteredRun {
  readonly tree: SpawnedTree;
}

/** A run as its runner makes it: registered, spawned, its tree said to the server and written into its folder. */
async function liveRun(agentId = 'noop'): Promise<LiveRun> {
  const run = await f.newRun(agentId);
  const tree = await spawnTree({
    command: ['sh', '-c', 'setsid sleep 1000 & sleep 1000'],
    cwd: f.dir,
    env: { PATH: process.env['PATH'] ?? '' },
    marker: `GOVERNED_RUN_ID=${run.run_id}`,
  });
  trees.push(tree);
  writeFileSync(join(run.run_dir, 'tree.json'), formatTreeJson(tree.handle));
  const body = { tree: JSON.parse(formatTreeJson(tree.handle)) as unknown };
  const spawned = await f.ask({
    method: 'POST',
    path: `/runs/${run.run_id}/spawned`,
    secret: run.run_secret,
    body,
  });
  expect(spawned.body).toMatchObject({ status: 'running' });
  return { ...run, tree };
}

const stopped = (run: LiveRun): boolean[] => listTree(run.tree.handle).map((member) => member.stopped);
const store = (mode: 'read' | 'write'): Store =>
  openStore(join(f.stateDir, 'governed.db'), { mode, busyMs: 1_000 });

it('freezes the whole tree of a run, says so, and lets it go on', async () => {
  const run = await liveRun();
  const paused = await f.asOperator('POST', `/runs/${run.run_id}/pause`, { reason: 'a look' });
  expect(paused.body).toMatchObject({
    result: 'paused',
    changed: true,
    recorded: true,
    runs: [{ run_id: run.run_id, processes: 'frozen' }],
  });
  expect(stopped(run).length).toBeGreaterThanOrEqual(3);
  expect(stopped(run)).not.toContain(false);
  expect((await f.asOperator('GET', `/runs/${run.run_id}`)).body).toMatchObject({
    status: 'paused',
    paused_reason: 'a look',
  });
  expect(await f.asOperator('POST', `/runs/${run.run_id}/resume`, {})).toMatchObject({ status: 200 });
  expect(stopped(run)).not.toContain(true);
  expect((await f.asOperator('POST', `/runs/${run.run_id}/resume`, {})).body).toMatchObject({
    code: 'not_paused',
  });
  await f.asOperator('POST', `/runs/${run.run_id}/pause`, { reason: 'another look' });
  await f.asOperator('POST', `/runs/${run.run_id}/kill`, { reason: 'seen enough' });
  expect((await f.asOperator('GET', `/runs/${run.run_id}`)).body).toMatchObject({
    status: 'killed',
    end_reason: expect.stringContaining('seen enough') as string,
    paused_reason: null,
    pause_source: null,
  });
});

it('pauses an agent with all its runs, refuses new ones, and the brake can do that but not undo it', async () => {
  const [one, two] = [await liveRun(), await liveRun()];
  const brake = f.token('brake');
  expect(
    await f.ask({ method: 'POST', path: '/agents/noop/pause', secret: brake, body: { reason: 'alert' } }),
  ).toMatchObject({ status: 200 });
  expect([...stopped(one), ...stopped(two)]).not.toContain(false);
  await expect(f.newRun()).rejects.toThrow(/paused/);
  expect(await f.ask({ method: 'POST', path: '/agents/noop/resume', secret: brake, body: {} })).toMatchObject(
    { status: 403 },
  );
  expect(await f.asOperator('POST', '/agents/noop/resume', {})).toMatchObject({ status: 200 });
  expect([...stopped(one), ...stopped(two)]).not.toContain(true);
});

it('kills everything with the kill switch, refuses everything new, also after a restart, until an operator turns it off', async () => {
  const [one, two] = [await liveRun(), await liveRun()];
  const brake = f.token('brake');
  const killed = await f.ask({
    method: 'POST',
    path: '/admin/kill-switch',
    secret: brake,
    body: { on: true, reason: 'fire' },
  });
  expect(killed.body).toMatchObject({
    recorded: true,
    runs: [{ processes: 'killed' }, { processes: 'killed' }],
  });
  expect([...listTree(one.tree.handle), ...listTree(two.tree.handle)]).toEqual([]);
  expect((await f.asOperator('GET', `/runs/${one.run_id}`)).body).toMatchObject({ status: 'killed' });
  await f.restart();
  await expect(f.newRun()).rejects.toThrow(/kill_switch/);
  const off = await f.ask({ method: 'POST', path: '/admin/kill-switch', secret: brake, body: { on: false } });
  expect(off).toMatchObject({ status: 403, body: { code: 'forbidden' } });
  const flags = await f.asOperator('GET', '/audit?event_type=audit_flag_forged_decision');
  expect(flags.body['items']).toHaveLength(1);
  expect(await f.asOperator('POST', '/admin/kill-switch', { on: false, reason: 'out' })).toMatchObject({
    status: 200,
  });
  await f.newRun();
});

it('stops while another process holds the store, marks it, and records it when the store is free again', async () => {
  const [one, two] = [await liveRun(), await liveRun()];
  const holder = store('write');
  holder.exec('BEGIN IMMEDIATE');
  let answered = 0;
  const count = (): void => {
    answered += 1;
  };
  const pausing = f.asOperator('POST', `/runs/${one.run_id}/pause`, { reason: 'a look' }).finally(count);
  const killing = f.asOperator('POST', `/runs/${two.run_id}/kill`, { reason: 'enough' }).finally(count);
  while (stopped(one).includes(false) || listTree(two.tree.handle).length > 0)
    await new Promise((resolve) => setTimeout(resolve, 5));
  // Signals come before the record, which still waits for the store.
  expect(answered).toBe(0);
  expect(await pausing).toMatchObject({
    status: 202,
    body: { recorded: false, marked: true, code: 'store_busy' },
  });
  expect(await killing).toMatchObject({ status: 202, body: { recorded: false, marked: true } });
  expect([readStopMark(one.run_dir), readStopMark(two.run_dir)]).toEqual(['pause', 'kill']);
  holder.exec('ROLLBACK');
  holder.close();
  for (const [run, status] of [
    [one, 'paused'],
    [two, 'killed'],
  ] as const) {
    for (;;) {
      const now = await f.asOperator('GET', `/runs/${run.run_id}`);
      if (now.body['status'] === status && readStopMark(run.run_dir) === 'none') break;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  const reasonOf = async (type: string): Promise<unknown[]> =>
    (
      (await f.asOperator('GET', `/audit?event_type=${type}`)).body['items'] as {
        readonly payload: { readonly reason: string };
      }[]
    ).map(({ payload }) => payload.reason);
  expect(await reasonOf('run_paused')).toEqual(['a look']);
  expect(await reasonOf('run_ended')).toEqual(['enough']);
});

it('keeps a kill switch that could not be recorded, and why', async () => {
  await liveRun();
  const holder = store('write');
  holder.exec('BEGIN IMMEDIATE');
  expect(await f.asOperator('POST', '/admin/kill-switch', { on: true, reason: 'fire' })).toMatchObject({
    status: 202,
    body: { marked: true },
  });
  expect(readStopMark(f.stateDir)).toBe('kill');
  const status = await f.asOperator('GET', '/status');
  expect(status.body).toMatchObject({
    kill_switch: { on: true, reason: 'fire' },
    warnings: [expect.stringContaining('not in the record')],
  });
  await expect(f.newRun()).rejects.toThrow(/kill_switch/);
  holder.exec('ROLLBACK');
  holder.close();
  await f.restart();
  while (
    (await f.asOperator('GET', '/status')).body['kill_switch'] === undefined ||
    readStopMark(f.stateDir) !== 'none'
  ) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  expect((await f.asOperator('GET', '/status')).body['kill_switch']).toMatchObject({
    on: true,
    reason: 'fire',
  });
});

it('says what there is nothing to stop of', async () => {
  expect(await f.asOperator('POST', '/agents/nobody/pause', {})).toMatchObject({
    status: 404,
    body: { code: 'unknown_agent' },
  });
  expect(await f.asOperator('POST', '/runs/run_0/kill', {})).toMatchObject({ status: 404 });
  const run = await f.newRun();
  await f.ask({
    method: 'POST',
    path: `/runs/${run.run_id}/end`,
    secret: run.run_secret,
    body: { status: 'succeeded', reason: 'done', exit_code: 0 },
  });
  expect(await f.asOperator('POST', `/runs/${run.run_id}/kill`, {})).toMatchObject({
    status: 409,
    body: { code: 'run_ended' },
  });
  mkdirSync(join(f.stateDir, 'runs', 'run_other'), { recursive: true });
  expect(await f.asOperator('POST', '/admin/pause-all', {})).toMatchObject({
    status: 200,
    body: { runs: [] },
  });
});
