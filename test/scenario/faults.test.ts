// The disk is full, or the store is locked: nothing is decided or charged without a record, stopping real processes works all the same,
// and what was stopped is on record once that is possible again.
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { beatOwner, startFamily, watchdogLives, writeFamily } from './family.ts';
import { eventually, Scenario } from './harness.ts';
import { client, registerRun } from './load.ts';
import { mirrorLines, verifiedLines, withStore } from './record-check.ts';
import { type SmallDisk, smallDisk } from './small-disk.ts';

vi.setConfig({ testTimeout: 180_000, hookTimeout: 60_000 });

const FAMILIES = ['one', 'two', 'three'] as const;

let scenario: Scenario;

function edit(made: Scenario): void {
  for (const name of FAMILIES) writeFamily(made, name);
}

interface Fault {
  begin(): void;
  end(): void;
}

function eventTypes(): string[] {
  return withStore(scenario.stateDir, (store) =>
    (store.statement('SELECT event_type FROM events ORDER BY seq').all() as { event_type: string }[]).map(
      (row) => row.event_type,
    ),
  );
}

function statusOf(runId: string): string {
  return withStore(
    scenario.stateDir,
    (store) =>
      (store.statement('SELECT status FROM runs WHERE id = ?').get(runId) as { status: string }).status,
  );
}

async function reasonsOf(type: string): Promise<unknown[]> {
  const { body } = await scenario.asOperator('GET', `/audit?event_type=${type}`);
  return (body['items'] as { readonly payload: { readonly reason: unknown } }[]).map(
    ({ payload }) => payload.reason,
  );
}

async function stopsAllTheSame(fault: Fault): Promise<void> {
  await scenario.serve();
  await watchdogLives(scenario);
  const [one, two, three] = [
    await startFamily(scenario, 'one'),
    await startFamily(scenario, 'two'),
    await startFamily(scenario, 'three'),
  ];
  await one.runs();
  const { secret } = await registerRun(scenario);
  const load = client(scenario.port);
  const proposal = { action_type: 'send_email', payload: { to: 'a' }, expected_outcome: 'sent' };
  const proposed = await scenario.request('POST', '/proposals', { token: secret, body: proposal });
  const { proposal_id: id, payload_hash } = proposed.body as Record<string, string>;
  const charge = { tokens: 1, usd: 0, tool: 't', idempotency_key: 'while-it-lasts' };

  fault.begin();
  const refused = await Promise.all([
    load.post('/budget/noop/charge', charge, secret),
    load.post('/proposals', { ...proposal, payload: { to: 'b' } }, secret),
    load.post(`/proposals/${id}/decision`, { decision: 'approve', payload_hash }, scenario.token('operator')),
  ]);
  expect(refused.map((answer) => answer?.status)).toEqual([503, 503, 503]);
  const before = eventTypes();
  const paused = await scenario.run(['pause', one.runId, '--reason', 'while it lasts']);
  expect(paused.code, paused.stderr).toBe(0);
  expect(paused.stderr).toContain('not recorded yet');
  await one.stands();
  expect((await scenario.run(['kill', two.runId, '--reason', 'while it lasts'])).code).toBe(0);
  await two.gone();
  // It can't be put on record, so it is not said to be done; nor can anything be approved meanwhile.
  const rejected = await scenario.run(['reject', String(id)]);
  expect(rejected.code).toBe(1);
  expect(rejected.stderr).toMatch(/full|locked|refused/);
  expect(eventTypes()).toEqual(before);

  fault.end();
  await eventually(() => (statusOf(one.runId) === 'paused' ? true : null), 'the pause in the record');
  await eventually(() => (statusOf(two.runId) === 'killed' ? true : null), 'the kill in the record');
  // Server or watchdog: whoever comes first records it.
  const pauses = await Promise.all(['run_paused', 'watchdog_pause'].map(reasonsOf));
  expect(pauses.flat()).toContain('while it lasts');
  expect(await reasonsOf('run_ended')).toContain('while it lasts');
  await one.stands();
  expect((await scenario.run(['resume', one.runId])).code).toBe(0);
  await one.runs();
  expect((await scenario.run(['reject', String(id)])).code).toBe(0);

  fault.begin();
  expect((await scenario.run(['kill-switch', 'on', '--reason', 'while it lasts'])).code).toBe(0);
  await one.gone();
  await three.gone();
  expect((await scenario.run(['run', 'two'])).code).toBe(7);

  fault.end();
  await eventually(
    () => (eventTypes().includes('kill_switch') ? true : null),
    'the kill switch in the record',
  );
  expect(await reasonsOf('kill_switch')).toEqual(['while it lasts']);
  expect((await scenario.run(['run', 'two'])).code).toBe(7);
  await eventually(
    () => (mirrorLines(scenario.stateDir).length === verifiedLines(scenario.stateDir).length ? true : null),
    'the mirror',
  );
  expect((await scenario.run(['audit', 'verify'])).code).toBe(0);
  expect((await scenario.run(['kill-switch', 'off'])).code).toBe(0);
  load.close();
}

describe('with the disk full', () => {
  let disk: SmallDisk | null = null;
  afterEach(async () => {
    // Nothing may live there when the disk goes, and the disk goes whatever became of the test.
    try {
      await scenario.run(['kill-switch', 'on']);
      await scenario.run(['down']);
    } finally {
      disk?.remove();
      disk = null;
    }
    await scenario.close();
  });

  it('refuses what needs a record, stops what is to be stopped, and records it when there is room again', async () => {
    scenario = await Scenario.create(edit, (made) => {
      disk = smallDisk(made, () => [beatOwner(made, 'server.beat'), beatOwner(made, 'watchdog.beat')]);
    });
    await stopsAllTheSame({ begin: () => disk?.fill(), end: () => disk?.free() });
  });
});

describe('with the store locked', () => {
  let lock: Database.Database | null = null;
  afterEach(async () => {
    lock?.close();
    await scenario.close();
  });

  it('refuses what needs a record, stops what is to be stopped, and records it when it is free again', async () => {
    scenario = await Scenario.create(edit);
    await stopsAllTheSame({
      begin() {
        lock = new Database(join(scenario.stateDir, 'governed.db'));
        lock.exec('BEGIN IMMEDIATE');
      },
      end() {
        lock?.close();
        lock = null;
      },
    });
  });
});
