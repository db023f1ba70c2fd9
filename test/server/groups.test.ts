import { afterEach, beforeEach, expect, it } from 'vitest';
import { identify } from '../../src/process/entry.ts';
import type { WireBudget, WireRunBudgets, WireScoreboard } from '../../src/server/wire/record.ts';
import type { WireRegisteredRun } from '../../src/server/wire/run.ts';
import type { Answer } from './ask.ts';
import { PROJECT_ID, type ProjectFixture, startProject } from './project-fixture.ts';

const GOVERNED_TOML = `[project]
id = "${PROJECT_ID}"
[runs]
concurrent = 100
[prices."m"]
input_usd_per_mtok = 1
output_usd_per_mtok = 10
[budget]
total_usd = 1
[groups.nightly]
run_usd = 0.006
`;

let f: ProjectFixture;
beforeEach(async () => {
  f = await startProject({ files: { 'governed.toml': GOVERNED_TOML } });
});
afterEach(() => f.close());

function register(group: string, budgetUsd?: number): Promise<Answer> {
  const own = identify(process.pid);
  const runner = { pid: process.pid, start_ticks: own?.startTicks, boot_id: own?.bootId };
  const said = budgetUsd === undefined ? {} : { budget_usd: budgetUsd };
  const body = { agent_id: 'noop', tier: 'advisory', runner, group, ...said };
  return f.ask({ method: 'POST', path: '/runs', secret: f.token('runner'), body });
}

async function inGroup(): Promise<WireRegisteredRun> {
  const { status, body } = await register('nightly');
  expect(status).toBe(201);
  return body as unknown as WireRegisteredRun;
}

/** At most $0.003. */
function reserve({ run_secret: secret }: WireRegisteredRun, key: string): Promise<Answer> {
  const call = { provider: 'p', model: 'm', input_tokens: 1_000, output_tokens: 100 };
  const body = { idempotency_key: key, ...call };
  return f.ask({ method: 'POST', path: '/reservations', secret, body });
}

it('runs of a group share its caps, everyone sees how much of them is left, and raising one lets them go on', async () => {
  const [one, two] = [await inGroup(), await inGroup()];
  expect((await reserve(one, 'a')).status).toBe(201);
  expect((await reserve(two, 'b')).status).toBe(201);
  const own = (await f.ask({ path: '/budget/noop', secret: two.run_secret })).body as unknown as WireBudget;
  expect(own.tiers).toContainEqual(
    expect.objectContaining({ scope: 'group', owner: 'group', tier: 'run', reserved: 6_000, remaining: 0 }),
  );
  const board = (await f.asOperator('GET', '/scoreboard')).body as unknown as WireScoreboard;
  expect(board.groups).toMatchObject([
    { group: 'nightly', runs_live: 2, reserved_micro_usd: 6_000, tiers: [{ cap: 6_000, reserved: 6_000 }] },
  ]);
  expect((await f.asOperator('GET', '/status')).body['groups']).toEqual(board.groups);
  expect((await f.asOperator('GET', '/runs')).body).toMatchObject({
    items: [{ group: 'nightly' }, { group: 'nightly' }],
  });
  await f.asOperator('POST', `/runs/${one.run_id}/kill`, { reason: 'its reservation is booked whole' });
  const refused = await reserve(two, 'c');
  expect(refused).toMatchObject({ status: 429, body: { code: 'open_reservations' } });
  await f.asOperator('POST', '/budget/raise', { of: 'group:nightly', tier: 'run', usd: 0.009 });
  expect((await reserve(two, 'd')).status).toBe(201);
});

it('a limit that was raised says from what, when, and with what it ends', async () => {
  const { run_id: runId } = (await register('nightly', 0.004)).body as unknown as WireRegisteredRun;
  const budget = async () =>
    (await f.asOperator('GET', '/budget/noop')).body as unknown as WireBudget & WireRunBudgets;
  expect(JSON.stringify(await budget())).not.toContain('raised');
  for (const of of ['project', 'group:nightly']) {
    const tier = of === 'project' ? 'total' : 'run';
    expect((await f.asOperator('POST', '/budget/raise', { of, tier, usd: 3 })).status).toBe(200);
  }
  expect((await f.asOperator('POST', '/budget/noop/raise', { tier: 'run', usd: 0.5 })).status).toBe(200);
  const at = expect.stringMatching(/^20.*Z$/) as string;
  const { tiers, live_runs: runs } = await budget();
  expect(tiers.find(({ scope }) => scope === 'project')).toMatchObject({
    cap: 3_000_000,
    raised: { from: 1_000_000, at, until: 'rules' },
  });
  expect(runs).toMatchObject([
    { run_id: runId, tiers: expect.arrayContaining([expect.objectContaining({ owner: 'run' })]) as unknown },
  ]);
  expect(runs[0]?.tiers.find(({ owner }) => owner === 'run')).toMatchObject({
    cap: 500_000,
    raised: { from: 4_000, at, until: 'run' },
  });
  const board = (await f.asOperator('GET', '/scoreboard')).body as unknown as WireScoreboard;
  expect(board.groups[0]?.tiers[0]).toMatchObject({ raised: { from: 6_000, at, until: 'rules' } });
});

it('the project’s own caps are raised in the same way, and by the operator alone', async () => {
  const raise = (body: object, secret = f.token('operator')) =>
    f.ask({ method: 'POST', path: '/budget/raise', secret, body });
  expect(await raise({ of: 'project', tier: 'total', usd: 2 })).toMatchObject({
    status: 200,
    body: { of: 'project', cap: 'total_usd', limit: 2_000_000 },
  });
  expect(await raise({ of: 'project', tier: 'total', usd: 1 })).toMatchObject({
    body: { code: 'not_a_raise' },
  });
  expect(await raise({ of: 'group:other', tier: 'run', usd: 1 })).toMatchObject({
    body: { code: 'unknown_group' },
  });
  expect((await raise({ of: 'noop', tier: 'run', usd: 1 })).status).toBe(400);
  expect((await raise({ of: 'project', tier: 'total', usd: 9 }, f.token('viewer'))).status).toBe(403);
});

it('no run starts in a group that is not accepted', async () => {
  expect(await register('nightli')).toMatchObject({
    status: 404,
    body: { code: 'unknown_group', hint: expect.stringContaining('groups: nightly') as string },
  });
});
