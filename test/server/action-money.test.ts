import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Answer } from './ask.ts';
import { type ProjectFixture, startProject } from './project-fixture.ts';

const AGENT_TOML = `adapter = "command"
command = ["node", "agent.mjs"]
concurrent = 100
[budget]
day_usd = 10
`;
const POLICY_TOML = `[auto_approve]
action_types = ["research_only"]
[[rule]]
name = "notes"
effect = "require_approval"
when = { action = "publish_note" }
`;

let f: ProjectFixture;
let secret: string;
beforeAll(async () => {
  f = await startProject({ files: { 'agents/noop/agent.toml': AGENT_TOML, 'policy.toml': POLICY_TOML } });
  secret = (await f.newRun()).run_secret;
});
afterAll(() => f.close());

const propose = (body: object): Promise<Answer> =>
  f.ask({ method: 'POST', path: '/proposals', secret, body: { expected_outcome: 'x', ...body } });
const approve = (made: Answer): Promise<Answer> =>
  f.asOperator('POST', `/proposals/${String(made.body['proposal_id'])}/decision`, {
    decision: 'approve',
    payload_hash: made.body['payload_hash'],
  });
const budget = async (): Promise<readonly [reserved: unknown, spent: unknown]> => {
  const { body } = await f.ask({ path: '/budget/noop', secret });
  return [body['reserved_micro_usd'], body['usd_consumed']];
};
const settled = (made: Answer): Promise<Answer> =>
  f.asOperator('GET', `/proposals/${String(made.body['proposal_id'])}?wait=30s`);

it('approves one of eight at once when the caps have room for one, and says of the others what is left and how to raise it', async () => {
  const action = { action_type: 'publish_note', expected_cost_usd: 6 };
  const print = '{"outcome":"executed","cost_usd":6}';
  const made = await Promise.all(
    Array.from({ length: 8 }, (_, n) => propose({ ...action, payload: { n, print, sleep: 300 } })),
  );
  const answers = await Promise.all(made.map(approve));
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  const refused = answers.filter(({ status }) => status === 402);
  expect(refused).toHaveLength(7);
  for (const { body } of refused) {
    expect(body).toMatchObject({ code: 'over_cap' });
    expect(body['detail']).toContain('over day_usd: asks for up to $6.00, $4.00 of $10.00 left');
    expect(body['hint']).toContain('governed-agents budget raise noop --tier day --usd');
  }
  const states = await Promise.all(made.map(settledNow));
  expect(states.filter((status) => status === 'pending')).toHaveLength(7);
  const [won] = made.filter((_, index) => answers[index]?.status === 200);
  if (won === undefined) throw new Error('none was approved');
  expect((await settled(won)).body).toMatchObject({ status: 'executed', outcome: { cost_usd: 6 } });
  expect(await budget()).toEqual([0, 6]);
});

const settledNow = async (made: Answer): Promise<unknown> =>
  (await f.asOperator('GET', `/proposals/${String(made.body['proposal_id'])}`)).body['status'];

it('holds for a person what the rules allow and no cap has room for, until there is room', async () => {
  const made = await propose({ action_type: 'research_only', payload: {}, expected_cost_usd: 5 });
  expect(made.body).toMatchObject({ status: 'pending', rule: 'no_room' });
  expect(await approve(made)).toMatchObject({ status: 402 });
  await f.asOperator('POST', '/budget/noop/raise', { tier: 'day', usd: 12 });
  expect(await approve(made)).toMatchObject({
    status: 200,
    body: { status: 'approved', reserved_micro_usd: 5_000_000, reserved_usd: 5 },
  });
  expect(await budget()).toEqual([5_000_000, 6]);
  const id = String(made.body['proposal_id']);
  const report = { outcome: 'failed', cost_usd: 0, detail: 'my own word' };
  expect(
    await f.ask({ method: 'POST', path: `/proposals/${id}/outcome`, secret, body: report }),
  ).toMatchObject({
    status: 200,
    body: { status: 'failed', outcome_by: { kind: 'agent' }, reserved_micro_usd: null },
  });
  expect(await budget()).toEqual([0, 11]);
});

it('keeps what an unknown outcome may have cost, until a person says what it was', async () => {
  await f.asOperator('POST', '/budget/noop/raise', { tier: 'day', usd: 20 });
  const made = await propose({ action_type: 'publish_note', payload: { print: '' }, expected_cost_usd: 4 });
  await approve(made);
  const id = String(made.body['proposal_id']);
  expect((await settled(made)).body).toMatchObject({ status: 'unknown', reserved_usd: 4 });
  expect(await budget()).toEqual([4_000_000, 11]);
  const resolve = (body: object): Promise<Answer> => f.asOperator('POST', `/proposals/${id}/resolve`, body);
  expect(await resolve({ action: 'retry', note: 'x', cost_usd: 1 })).toMatchObject({ status: 400 });
  expect(await resolve({ action: 'executed', note: 'x', cost_usd: -1 })).toMatchObject({ status: 400 });
  expect(await resolve({ action: 'executed', note: 'half of it went through', cost_usd: 2 })).toMatchObject({
    status: 200,
    body: { outcome: { cost_usd: 2 }, reserved_usd: null },
  });
  expect(await budget()).toEqual([0, 13]);
});
