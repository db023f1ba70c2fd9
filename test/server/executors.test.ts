import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseRules, readBundle } from '../../src/config/rules-entry.ts';
import { createGovernor } from '../../src/governor/governor.ts';
import { claimExecution } from '../../src/governor/proposal/claim-execution.ts';
import { decideProposal } from '../../src/governor/proposal/decide.ts';
import { openStore } from '../../src/store/open.ts';
import type { Answer } from './ask.ts';
import { type ProjectFixture, startProject } from './project-fixture.ts';

let f: ProjectFixture;
let secret: string;
const SLOW = `
[executors.slow]
run = ["node", "actions/publish.mjs"]
timeout = "500ms"
[executors.missing]
run = ["/nowhere/program"]
`;
beforeAll(async () => {
  f = await startProject();
  const path = join(f.dir, 'governed.toml');
  writeFileSync(path, readFileSync(path, 'utf8') + SLOW);
  const changes = await f.asOperator('GET', '/admin/changes');
  await f.asOperator('POST', '/admin/accept', { rules_hash: changes.body['edited'] });
  secret = (await f.newRun()).run_secret;
});
afterAll(() => f.close());

interface Proposed {
  readonly id: string;
  readonly hash: string;
}

async function propose(by: string, actionType: string, payload: unknown): Promise<Proposed> {
  const proposal = { action_type: actionType, payload, expected_outcome: 'x' };
  const { body } = await f.ask({ method: 'POST', path: '/proposals', secret: by, body: proposal });
  return { id: String(body['proposal_id']), hash: String(body['payload_hash']) };
}

async function approve(actionType: string, payload: unknown): Promise<string> {
  const { id, hash } = await propose(secret, actionType, payload);
  const decision = { decision: 'approve', payload_hash: hash };
  expect((await f.asOperator('POST', `/proposals/${id}/decision`, decision)).status).toBe(200);
  return id;
}

const outcomeOf = async (actionType: string, payload: unknown): Promise<Answer> =>
  f.ask({ path: `/proposals/${await approve(actionType, payload)}?wait=30s`, secret });

const flags = async (): Promise<number> =>
  (
    (await f.asOperator('GET', '/audit?event_type=audit_flag_executor_error&limit=100')).body[
      'items'
    ] as unknown[]
  ).length;

const cases: readonly (readonly [
  says: string,
  actionType: string,
  payload: object,
  status: string,
  flagged: boolean,
])[] = [
  ['that it executed', 'publish_note', { n: 1 }, 'executed', false],
  [
    'that it failed, and exits with 0',
    'publish_note',
    { print: '{"outcome":"failed","detail":"no"}' },
    'failed',
    false,
  ],
  [
    'that it failed, and exits with 1',
    'publish_note',
    { print: '{"outcome":"failed"}', exit: 1 },
    'failed',
    false,
  ],
  [
    'that it executed, but exits with 1',
    'publish_note',
    { print: '{"outcome":"executed"}', exit: 1 },
    'unknown',
    true,
  ],
  ['nothing', 'publish_note', { print: '' }, 'unknown', true],
  ['nothing, and exits with 1', 'publish_note', { print: '', exit: 1 }, 'unknown', true],
  ['something that is no JSON', 'publish_note', { print: 'done!' }, 'unknown', true],
  ['two objects', 'publish_note', { print: '{"outcome":"executed"}{"outcome":"failed"}' }, 'unknown', true],
  ['an outcome that there is not', 'publish_note', { print: '{"outcome":"probably"}' }, 'unknown', true],
  ['a negative cost', 'publish_note', { print: '{"outcome":"executed","cost_usd":-1}' }, 'unknown', true],
  ['an endless cost', 'publish_note', { print: '{"outcome":"executed","cost_usd":1e999}' }, 'unknown', true],
  ['a cost in words', 'publish_note', { print: '{"outcome":"executed","cost_usd":"2"}' }, 'unknown', true],
  ['that it can not tell', 'publish_note', { print: '{"outcome":"unknown","detail":"?"}' }, 'unknown', false],
  ['an array', 'publish_note', { print: '[]' }, 'unknown', true],
  [
    'a very deep detail',
    'publish_note',
    { print: `{"outcome":"executed","detail":${'['.repeat(1_000)}${']'.repeat(1_000)}}` },
    'unknown',
    true,
  ],
  ['nothing since a signal ended it', 'publish_note', { signal: 'SIGKILL' }, 'unknown', true],
  ['nothing before its time is over', 'slow', { sleep: 10_000 }, 'unknown', true],
  ['nothing since it could not be started', 'missing', {}, 'failed', true],
];

it.each(cases)('when the executor says %s', async (_says, actionType, payload, status, flagged) => {
  const before = await flags();
  const { body } = await outcomeOf(actionType, payload);
  expect(body).toMatchObject({ status, outcome_by: { kind: 'executor' } });
  expect((await flags()) - before).toBe(flagged ? 1 : 0);
});

it("gives the executor nothing of the server's environment but PATH and LANG, and books what it says it cost", async () => {
  process.env['GOVERNED_TEST_SECRET'] = 'secret';
  const { body } = await outcomeOf('publish_note', { n: 2 });
  const given = [
    'GOVERNED_ACTION_TYPE',
    'GOVERNED_EXECUTION',
    'GOVERNED_IDEMPOTENCY_KEY',
    'GOVERNED_PROJECT_DIR',
    'GOVERNED_PROPOSAL_ID',
    'GOVERNED_TIMEOUT_MS',
    'LANG',
    'PATH',
  ];
  expect(body['outcome']).toMatchObject({ cost_micro_usd: 250_000, detail: { env: given } });
});

it('runs the accepted copy of the program, not what the file says by now', async () => {
  const path = join(f.dir, 'actions/publish.mjs');
  const accepted = readFileSync(path, 'utf8');
  writeFileSync(path, 'process.stdout.write(JSON.stringify({ outcome: "failed", detail: "edited" }))');
  expect((await outcomeOf('publish_note', { n: 3 })).body).toMatchObject({ status: 'executed' });
  writeFileSync(path, accepted);
});

it('starts nothing while the kill switch is on, and carries out what was approved when it is off', async () => {
  const { id, hash } = await propose(f.token('operator'), 'publish_note', { n: 4 });
  await f.asOperator('POST', '/admin/kill-switch', { on: true });
  await f.asOperator('POST', `/proposals/${id}/decision`, {
    decision: 'approve',
    payload_hash: hash,
  });
  expect((await f.asOperator('GET', `/proposals/${id}?wait=400ms`)).body['status']).toBe('approved');
  await f.asOperator('POST', '/admin/kill-switch', { on: false });
  expect((await f.asOperator('GET', `/proposals/${id}?wait=30s`)).body['status']).toBe('executed');
  secret = (await f.newRun()).run_secret;
});

it('says unknown of what ran when the server ended, runs nothing again by itself, and lets a person resolve it', async () => {
  const id = await approve('publish_note', { sleep: 60_000 });
  while (!existsSync(join(f.stateDir, 'executions', `${id}.json`)))
    await new Promise((resolve) => setTimeout(resolve, 10));
  await f.restart();
  const now = await f.asOperator('GET', `/proposals/${id}`);
  expect(now.body).toMatchObject({ status: 'unknown' });
  expect(readdirSync(join(f.stateDir, 'executions'))).toEqual([]);
  const resolve = { action: 'executed', note: 'I looked: it is there' };
  expect(await f.asOperator('POST', `/proposals/${id}/resolve`, resolve)).toMatchObject({
    status: 200,
    body: { status: 'executed', outcome_by: { kind: 'operator' } },
  });
  expect(await f.asOperator('POST', `/proposals/${id}/resolve`, resolve)).toMatchObject({ status: 409 });
});

it('says unknown of what a server claimed and died before it started it', async () => {
  const { id, hash } = await propose(f.token('operator'), 'publish_note', { n: 5 });
  await f.stop();
  const store = openStore(join(f.stateDir, 'governed.db'), { mode: 'write', busyMs: 1_000 });
  const parsed = parseRules(await readBundle(f.dir));
  if (parsed.result !== 'rules') throw new Error('the rules of the test are wrong');
  const other = createGovernor({ store, clock: Date.now, random: randomBytes, rulesOf: () => parsed.rules });
  const decision = {
    proposalId: id,
    decision: 'approve',
    payloadHash: hash,
    note: null,
    final: false,
    actor: { kind: 'operator', id: null },
    via: 'test',
  } as const;
  expect(other.commitNow((tx) => decideProposal(tx, decision)).result).toBe('decided');
  expect(other.commitNow((tx) => claimExecution(tx, id)).result).toBe('claimed');
  store.close();
  await f.restart();
  expect((await f.asOperator('GET', `/proposals/${id}`)).body['status']).toBe('unknown');
  const retry = { action: 'retry', note: 'never started' };
  expect(await f.asOperator('POST', `/proposals/${id}/resolve`, retry)).toMatchObject({ status: 200 });
  expect((await f.asOperator('GET', `/proposals/${id}?wait=30s`)).body['status']).toBe('executed');
});

describe('an approved action whose run was killed', () => {
  const kill = async (path: string): Promise<void> => {
    expect((await f.asOperator('POST', path, { reason: 'enough' })).status).toBe(200);
  };

  it.each(['the run', 'its agent'])(
    'is carried out all the same when %s was killed before a person decided',
    async (what) => {
      const run = await f.newRun();
      const propose = (actionType: string) =>
        f.ask({
          method: 'POST',
          path: '/proposals',
          secret: run.run_secret,
          body: { action_type: actionType, payload: { what }, expected_outcome: 'x' },
        });
      const [made, own] = [await propose('publish_note'), await propose('send_email')];
      await kill(what === 'the run' ? `/runs/${run.run_id}/kill` : '/agents/noop/kill');
      const id = String(made.body['proposal_id']);
      const decision = { decision: 'approve', payload_hash: made.body['payload_hash'] };
      expect((await f.asOperator('POST', `/proposals/${id}/decision`, decision)).status).toBe(200);
      expect((await f.asOperator('GET', `/proposals/${id}?wait=30s`)).body).toMatchObject({
        status: 'executed',
        run_id: run.run_id,
      });
      // Nobody is left to do what the agent itself was to do.
      const its = await f.asOperator('GET', `/proposals/${String(own.body['proposal_id'])}`);
      expect(its.body['status']).toBe('cancelled');
      await f.asOperator('POST', '/agents/noop/resume', {});
    },
  );

  it('goes on when it was begun before', async () => {
    const run = await f.newRun();
    secret = run.run_secret;
    const id = await approve('publish_note', { sleep: 500 });
    while (!existsSync(join(f.stateDir, 'executions', `${id}.json`)))
      await new Promise((resolve) => setTimeout(resolve, 10));
    await kill(`/runs/${run.run_id}/kill`);
    expect((await f.asOperator('GET', `/proposals/${id}?wait=30s`)).body['status']).toBe('executed');
  });
});

it('takes the outcome of what no executor stands behind from the run that acted, once, and from no other', async () => {
  const [run, other] = [await f.newRun(), await f.newRun()];
  secret = run.run_secret;
  const id = await approve('send_email', { to: 'a' });
  const backed = await approve('publish_note', { n: 9 });
  const report = (of: string, proposal: string) =>
    f.ask({
      method: 'POST',
      path: `/proposals/${proposal}/outcome`,
      secret: of,
      body: { outcome: 'executed', detail: { sent: true } },
    });
  expect((await report(other.run_secret, id)).status).toBe(404);
  expect(await report(run.run_secret, backed)).toMatchObject({
    status: 409,
    body: { code: 'executor_reports' },
  });
  expect(await report(run.run_secret, id)).toMatchObject({
    status: 200,
    body: { status: 'executed', outcome_by: { kind: 'agent' }, outcome: { detail: { sent: true } } },
  });
  expect(await report(run.run_secret, id)).toMatchObject({ status: 409, body: { code: 'not_approved' } });
});
