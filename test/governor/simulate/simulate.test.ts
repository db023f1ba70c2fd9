import { afterEach, expect, it } from 'vitest';
import { microUsd } from '../../../src/core/ledger/money.ts';
import type { Simulated } from '../../../src/core/simulate/result.ts';
import { rulesOf } from '../../config/bundle-of.ts';
import { decide, submitted } from '../acts.ts';
import { createFixture, type Fixture } from '../fixture.ts';
import { PAST_COUNT, PAST_FILES, pastAgentOf } from './past-actions.ts';
import { against, aPast, withPolicy, withRules } from './replay.ts';

let fixture: Fixture;
afterEach(() => fixture.close());

const numbers = (count = PAST_COUNT): readonly number[] => Array.from({ length: count }, (_, n) => n);
const refunds = numbers().filter((n) => n % 10 === 0);
const amountOf = (n: number): number => (n * 7) % 250;

function amountIn(text: string): number {
  return (JSON.parse(text) as { amount: number }).amount;
}

it('shows exactly what a tightened policy would have denied or held', async () => {
  fixture = await aPast();
  const found = await against(
    fixture,
    withRules(
      'effect = "deny"\nwhen = { action = "refund_payment", payload.amount = { gt = 50 } }',
      'effect = "require_approval"\nwhen = { action = "draft_content", agent.id = "desk" }',
    ),
  );
  const denied = refunds.filter((n) => amountOf(n) > 50);
  const wereAllowed = denied.filter((n) => amountOf(n) <= 100);
  const drafts = numbers().filter((n) => n % 10 === 2 && pastAgentOf(n) === 'desk');
  expect(drafts.length).toBeGreaterThan(10);
  const differences = denied.length + drafts.length;
  expect(found).toMatchObject({ differences, stricter: differences, looser: 0 });
  const groups = found.groups.map(({ action, from, to, ruleAfter, count }) => [
    action,
    from,
    to,
    ruleAfter,
    count,
  ]);
  expect(groups).toEqual([
    ['refund_payment', 'require_approval', 'deny', 'more-1', denied.length - wereAllowed.length],
    ['draft_content', 'allow', 'require_approval', 'more-2', drafts.length],
    ['refund_payment', 'allow', 'deny', 'more-1', wereAllowed.length],
  ]);
  expect(found.examples).toHaveLength(5);
  for (const { action, content, after } of found.examples) {
    if (action === 'draft_content') continue;
    expect(amountIn(content.text)).toBeGreaterThan(50);
    expect(after.reasons[0]).toContain('payload.amount is over 50');
  }
});

it('shows exactly what a loosened policy would have let pass', async () => {
  fixture = await aPast();
  const policy = PAST_FILES['policy.toml'] ?? '';
  const looser = policy.replace('lte = 100', 'lte = 180').replace('starts_with = "prod/"', 'eq = "prod/db"');
  const found = await against(fixture, { ...PAST_FILES, 'policy.toml': looser });
  const refunded = refunds.filter((n) => amountOf(n) > 100 && amountOf(n) <= 180).length;
  const deployed = numbers().filter((n) => n % 10 === 4 && n % 3 === 0).length;
  expect(found).toMatchObject({ differences: refunded + deployed, stricter: 0, looser: refunded + deployed });
  expect(found.matrix.require_approval.allow).toBe(refunded);
  expect(found.matrix.deny.require_approval).toBe(deployed);
});

it('replays a rate over the past that the changed rules would have made: what is denied does not count', async () => {
  fixture = await aPast();
  const found = await against(
    fixture,
    withRules(
      'effect = "deny"\nwhen = { action = "refund_payment", rate = { over = 4, per = "5m", by = "agent" } }',
    ),
  );
  const rows = fixture.store
    .statement(
      "SELECT agent_id, created_at_ms FROM proposals WHERE action_type = 'refund_payment' ORDER BY rowid",
    )
    .all() as { agent_id: string; created_at_ms: number }[];
  const passed: typeof rows = [];
  for (const row of rows) {
    const recent = passed.filter(
      (each) => each.agent_id === row.agent_id && each.created_at_ms > row.created_at_ms - 300_000,
    );
    if (recent.length < 4) passed.push(row);
  }
  expect(rows).toHaveLength(refunds.length);
  expect(found.differences).toBe(rows.length - passed.length);
  expect(found.differences).toBeGreaterThan(10);
});

it('spends nothing for what the changed rules deny, so that the rest has more room', async () => {
  fixture = await aPast();
  const spend =
    'effect = "deny"\nwhen = { action = "refund_payment", spend = { over_usd = 4, per = "1d", by = "agent" } }';
  const large = 'effect = "deny"\nwhen = { action = "refund_payment", payload.amount = { gt = 120 } }';
  const smallDenied = async (files: Readonly<Record<string, string>>): Promise<number> => {
    const { examples } = await against(fixture, files, { mostExamples: 200 });
    return examples.filter(({ after, content }) => after.rule === 'more-1' && amountIn(content.text) <= 120)
      .length;
  };
  const alone = await smallDenied(withRules(spend));
  expect(alone).toBeGreaterThan(0);
  expect(await smallDenied(withRules(spend, large))).toBeLessThan(alone);
});

it('takes the agents, their risk, labels and tools, from the rules that are tried', async () => {
  fixture = await aPast();
  const riskier = Object.fromEntries(
    Object.entries(PAST_FILES).map(([path, text]) => [
      path,
      path.includes('lab')
        ? text.replace('"Read", ', '').replace('risk = "high"', 'risk = "critical"')
        : text,
    ]),
  );
  const found = await against(fixture, riskier);
  const reads = numbers().filter((n) => (n % 10 === 6 || n % 10 === 7) && pastAgentOf(n) === 'lab').length;
  expect(reads).toBeGreaterThan(0);
  expect(found.groups).toContainEqual({
    action: 'tool:Read',
    from: 'allow',
    to: 'deny',
    ruleBefore: 'tools.allow',
    ruleAfter: 'tools.default',
    count: reads,
  });
});

it('counts what was denied then and passes here, and books what it was expected to cost', async () => {
  const none = 'effect = "deny"\nwhen = { action = "refund_payment" }';
  fixture = createFixture(rulesOf(withRules(none)));
  const run = fixture.newRun('shop');
  for (let n = 0; n < 6; n += 1) {
    const expectedCostUsd = microUsd(1_000_000);
    submitted(fixture, run, { actionType: 'refund_payment', payload: { amount: 10 }, expectedCostUsd });
  }
  const rate =
    'effect = "deny"\nwhen = { action = "refund_payment", rate = { over = 4, per = "1h", by = "agent" } }';
  expect((await against(fixture, withRules(rate))).matrix.deny).toEqual({
    allow: 4,
    require_approval: 0,
    deny: 2,
  });
  const spend =
    'effect = "deny"\nwhen = { action = "refund_payment", spend = { over_usd = 3, per = "1h", by = "agent" } }';
  expect((await against(fixture, withRules(spend))).matrix.deny).toEqual({
    allow: 3,
    require_approval: 0,
    deny: 3,
  });
});

it('books what a person rejected and the changed rules let pass', async () => {
  fixture = createFixture(rulesOf(PAST_FILES));
  const run = fixture.newRun('shop');
  for (let n = 0; n < 4; n += 1) {
    const expectedCostUsd = microUsd(1_000_000);
    const held = submitted(fixture, run, {
      actionType: 'refund_payment',
      payload: { amount: 200 },
      expectedCostUsd,
    });
    decide(fixture, held, { decision: 'reject' });
  }
  const spend =
    'effect = "deny"\nwhen = { action = "refund_payment", spend = { over_usd = 2, per = "1h", by = "agent" } }';
  const files = withRules(spend);
  const open = withPolicy((files['policy.toml'] ?? '').replace('lte = 100', 'lte = 1000'));
  expect((await against(fixture, open)).matrix.require_approval).toEqual({
    allow: 2,
    require_approval: 0,
    deny: 2,
  });
});

it('makes no call that the changed rules deny', async () => {
  fixture = await aPast(PAST_FILES, 200);
  const afterCall = 'effect = "deny"\nwhen = { action = "draft_content", run.llm_calls = { gt = 0 } }';
  const drafts = ({ groups }: Simulated): number =>
    groups.filter(({ action }) => action === 'draft_content').reduce((sum, { count }) => sum + count, 0);
  expect(drafts(await against(fixture, withRules(afterCall)))).toBeGreaterThan(0);
  const noCalls = 'effect = "deny"\nwhen = { action = "llm_call" }';
  const found = await against(fixture, withRules(afterCall, noCalls));
  expect(drafts(found)).toBe(0);
  expect(found.matrix.allow.deny).toBe(20);
});

it('counts tool calls for rules that ask about nothing else of what was used', async () => {
  fixture = await aPast(PAST_FILES, 200);
  const found = await against(
    fixture,
    withRules('effect = "deny"\nwhen = { action = "draft_content", run.tool_calls = { gt = 5 } }'),
  );
  expect(found.differences).toBeGreaterThan(0);
  expect(found.differences).toBeLessThan(20);
});
