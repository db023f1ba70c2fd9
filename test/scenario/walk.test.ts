// The walk of a person: init, serve, run noop, approve, and what scoreboard, status and the record say of it.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { eventually, Scenario } from './harness.ts';

let scenario: Scenario;
afterEach(() => scenario.close());

interface Waiting {
  readonly items: readonly { readonly proposal_id: string; readonly payload_hash: string }[];
}

async function waiting(): Promise<Waiting['items'][number]> {
  return eventually(async () => {
    const { body } = await scenario.asOperator('GET', '/proposals?status=pending');
    return (body as unknown as Waiting).items[0] ?? null;
  }, 'a waiting proposal');
}

it('holds what noop proposes until a person approves, and tells the whole story afterwards', async () => {
  scenario = await Scenario.create();
  await scenario.serve();
  const run = scenario.start(['run', 'noop']);
  const proposal = await waiting();
  const approved = await scenario.run([
    'approve',
    proposal.proposal_id,
    '--payload-hash',
    proposal.payload_hash,
  ]);
  expect(approved.code, approved.stderr).toBe(0);
  const ended = await run.finished;
  expect(ended.code, ended.stderr).toBe(0);
  expect(readFileSync(join(scenario.dir, 'agents/noop/workspace/noop.log'), 'utf8')).toContain(
    proposal.proposal_id,
  );

  const scoreboard = await scenario.run(['scoreboard', '--json']);
  const [row] = (JSON.parse(scoreboard.stdout) as { items: Record<string, unknown>[] }).items.filter(
    (item) => item['agent_id'] === 'noop',
  );
  expect(row).toMatchObject({
    runs: 1,
    proposals: 1,
    proposals_approved: 1,
    proposals_pending: 0,
    status: 'ok',
    tier: 'confined',
  });
  const status = JSON.parse((await scenario.run(['status', '--json'])).stdout) as Record<string, unknown>;
  expect(status).toMatchObject({
    server: { up: true },
    watchdog: { alive: true },
    state_dir: scenario.stateDir,
  });
  const list = JSON.parse((await scenario.run(['audit', 'list', '--json', '--limit', '100'])).stdout) as {
    items: { event_type: string }[];
  };
  const types = list.items.map((event) => event.event_type);
  for (const type of [
    'run_started',
    'proposal_submitted',
    'proposal_decided',
    'action_executed',
    'run_ended',
  ]) {
    expect(types).toContain(type);
  }
  expect((await scenario.run(['audit', 'verify'])).code).toBe(0);
});

it('lets an executor publish an approved note once, and tells a rejected agent why', async () => {
  scenario = await Scenario.create();
  await scenario.serve();
  const first = scenario.start(['run', 'publisher']);
  const note = await waiting();
  await scenario.run(['approve', note.proposal_id, '--payload-hash', note.payload_hash]);
  expect((await first.finished).code).toBe(0);
  const { body } = await scenario.asOperator('GET', `/proposals/${note.proposal_id}`);
  expect(body).toMatchObject({ status: 'executed', outcome_by: { kind: 'executor' } });

  const second = scenario.start(['run', 'publisher']);
  const again = await waiting();
  await scenario.run(['reject', again.proposal_id, '--note', 'not today']);
  const ended = await second.finished;
  expect(ended.stdout + ended.stderr).toContain('not today');
});

it('still answers status and scoreboard from the store when the server is down, and says so', async () => {
  scenario = await Scenario.create();
  const status = await scenario.run(['status']);
  expect(status.code).toBe(0);
  expect(status.stdout + status.stderr).toMatch(/server.*(down|not running)/i);
  expect((await scenario.run(['run', 'noop'])).code).toBe(4);
});
