// The disk is full, the store is locked, the store or its mirror is damaged: nothing is decided or charged without a record, nothing is
// overwritten, and stopping real processes works all the same.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { beatOwner, startFamily, watchdogLives, writeFamily } from './family.ts';
import { count, eventually, Scenario } from './harness.ts';
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
  let disk: SmallDisk;
  afterEach(async () => {
    await scenario.run(['kill-switch', 'on']);
    await scenario.run(['down']);
    disk.remove();
    await scenario.close();
  });

  it('refuses what needs a record, stops what is to be stopped, and records it when there is room again', async () => {
    scenario = await Scenario.create(edit, (made) => {
      disk = smallDisk(made, () => [beatOwner(made, 'server.beat'), beatOwner(made, 'watchdog.beat')]);
    });
    await stopsAllTheSame({ begin: () => disk.fill(), end: () => disk.free() });
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

const STORE_DAMAGE: readonly (readonly [what: string, damage: (path: string) => void])[] = [
  ['has lost its first page', (path) => overwrite(path, 0, 4_096)],
  ['has lost pages in the middle', (path) => overwrite(path, 4_096 * 2, 4_096 * 40)],
  ['was cut off', (path) => truncateSync(path, 10_000)],
  [
    'is no store at all',
    (path) => writeFileSync(path, 'not a database, but long enough to be read as one\n'.repeat(200)),
  ],
];

function overwrite(path: string, from: number, length: number): void {
  const bytes = readFileSync(path);
  bytes.fill(0xa5, from, from + length);
  writeFileSync(path, bytes);
}

function digest(name: string): string | null {
  const path = join(scenario.stateDir, name);
  return existsSync(path) ? createHash('sha256').update(readFileSync(path)).digest('hex') : null;
}

const KEPT = ['governed.db', 'audit.jsonl'];
/** The commands that read or write the state. */
const COMMANDS: readonly (readonly string[])[] = [
  ['serve', '--no-open'],
  ['status'],
  ['scoreboard'],
  ['runs'],
  ['proposals'],
  ['budget', 'noop'],
  ['audit', 'list'],
  ['audit', 'verify'],
  ['audit', 'head'],
  ['accept', '--yes'],
];

describe.each(STORE_DAMAGE.slice(0, count(2, 4)))('a store that %s', (_, damage) => {
  beforeEach(async () => {
    scenario = await Scenario.create(edit);
    await scenario.serve();
    await registerRun(scenario);
  });
  afterEach(() => scenario.close());

  it('is named by every command with what to do, and never overwritten', async () => {
    expect((await scenario.run(['down'])).code).toBe(0);
    scenario.write('agents/one/AGENTS.md', 'An edit, so that there is something to accept.\n');
    damage(join(scenario.stateDir, 'governed.db'));
    const before = KEPT.map(digest);
    for (const command of COMMANDS) {
      const { code, stdout, stderr } = await scenario.run(command);
      const said = `${command.join(' ')}: exit ${code}\n${stdout}${stderr}`;
      expect([1, 2, 8], said).toContain(code);
      expect(stderr + stdout, said).toMatch(/governed\.db/);
      expect(stderr + stdout, said).toMatch(/hint|restore|backup|what to do/i);
      expect(stderr + stdout, said).not.toMatch(/\n\s+at .*\(/);
      expect(KEPT.map(digest), said).toEqual(before);
    }
  });

  it('keeps nobody from stopping what runs', async () => {
    await watchdogLives(scenario);
    const one = await startFamily(scenario, 'one');
    const two = await startFamily(scenario, 'two');
    await one.runs();
    damage(join(scenario.stateDir, 'governed.db'));
    expect((await scenario.run(['pause', one.runId])).code).toBe(0);
    await one.stands();
    expect((await scenario.run(['kill', 'two'])).code).toBe(0);
    await two.gone();
    expect((await scenario.run(['kill-switch', 'on'])).code).toBe(0);
    await one.gone();
  });
});

describe('a mirror that differs from the store', () => {
  beforeEach(async () => {
    scenario = await Scenario.create(edit);
    await scenario.serve();
    await registerRun(scenario);
    await scenario.run(['down']);
  });
  afterEach(() => scenario.close());

  it.each([
    ['in one byte', (text: string) => text.replace('run_started', 'run_stbrted')],
    ['by a line that is missing', (text: string) => text.split('\n').slice(1).join('\n')],
    ['by bytes that are no text', () => Buffer.alloc(5_000, 0xff).toString('latin1')],
  ])('%s is named by serve and verify with what to do, and left as it is', async (_, change) => {
    const path = join(scenario.stateDir, 'audit.jsonl');
    writeFileSync(path, change(readFileSync(path, 'utf8')));
    const before = KEPT.map(digest);
    const served = await scenario.run(['serve', '--no-open']);
    expect(served.code).toBe(1);
    expect(served.stderr).toMatch(/audit\.jsonl differs/);
    expect(served.stderr).toMatch(/hint/);
    const verified = await scenario.run(['audit', 'verify']);
    expect(verified.code).toBe(8);
    expect(verified.stdout + verified.stderr).toMatch(/event \d+|line \d+/);
    expect(KEPT.map(digest)).toEqual(before);
    expect((await scenario.run(['kill-switch', 'on'])).code).toBe(0);
  });
});
