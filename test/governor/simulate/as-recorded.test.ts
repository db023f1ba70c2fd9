import { afterEach, expect, it } from 'vitest';
import { microUsd } from '../../../src/core/ledger/money.ts';
import { addGrant } from '../../../src/governor/grant/add-grant.ts';
import { raiseCap } from '../../../src/governor/ledger/raise-cap.ts';
import { reserve } from '../../../src/governor/ledger/reserve.ts';
import { loadDetector } from '../../../src/governor/policy/detector.ts';
import { checkToolCall } from '../../../src/governor/tool/check-tool-call.ts';
import type { ProposalRow } from '../../../src/store/read/proposals.ts';
import { rulesOf } from '../../config/bundle-of.ts';
import { AGENT, decide, OPERATOR, reserveCall, submitted } from '../acts.ts';
import { createFixture, type Fixture } from '../fixture.ts';
import { grantOf } from '../inputs.ts';
import { PAST_AGENTS, PAST_COUNT, PAST_FILES } from './past-actions.ts';
import { against, aPast, withPolicy, withRules } from './replay.ts';

let fixture: Fixture;
afterEach(() => fixture.close());

it('decides everything as it was decided when nothing is changed, whatever the rules ask about', async () => {
  await loadDetector();
  const files = withRules(
    'effect = "deny"\nwhen = { action = "send_email", rate = { over = 12, per = "10m", by = "agent" } }',
    'effect = "require_approval"\nwhen = { rate = { over = 350, per = "5m", by = "all" } }',
    'effect = "deny"\nwhen = { action = "refund_payment", spend = { over_usd = 9, per = "1h", by = "agent" } }',
    'effect = "deny"\nwhen = { action = "llm_call", run.llm_calls = { gt = 6 } }',
    'effect = "require_approval"\nwhen = { action = "draft_content", run.tool_calls = { gt = 15 } }',
    'effect = "deny"\nwhen = { action = "tool:Read", budget.used_pct = { gt = 0.0006 }, run.age_seconds = { gt = 200 } }',
    'effect = "require_approval"\nwhen = { action = "tool:Read", run.spent_usd = { gt = 3 }, agent.labels.role = "crew" }',
    'effect = "deny"\nwhen = { action = "publish_content", payload.title = { detects = "pii" } }',
    'effect = "deny"\nwhen = { action = "deploy_service", time = { outside = "Mon-Fri 12:00-12:05 UTC" }, agent.risk = "high" }',
  );
  fixture = await aPast(files);
  const found = await against(fixture, files);
  expect(found).toMatchObject({
    actions: PAST_COUNT + PAST_AGENTS.length,
    differences: 0,
    notAsRecorded: 0,
    rules: [],
  });
  expect(found.before).toEqual(found.recorded);
  // Every one of them said something: it is not only that nothing was asked.
  const decided = fixture.store.statement('SELECT DISTINCT rule FROM proposals').all() as { rule: string }[];
  const said = new Set(decided.map(({ rule }) => rule));
  for (const rule of ['more-1', 'more-2', 'more-3', 'more-5', 'more-9']) expect(said).toContain(rule);
  const counts = await against(fixture, PAST_FILES);
  const lost = new Map(counts.rules.map((each) => [each.rule, each.lost]));
  for (const rule of ['more-4', 'more-6', 'more-7']) expect(lost.get(rule)).toBeGreaterThan(0);
});

it('leaves out a call that was refused for its model, which no rule was asked about', async () => {
  fixture = createFixture(rulesOf(PAST_FILES));
  const run = fixture.newRun('shop');
  expect(reserveCall(fixture, run, 'a', { model: 'nobody-knows-it' })).toMatchObject({ code: 'unpriced' });
  const found = await against(fixture, PAST_FILES);
  expect(found).toMatchObject({ actions: 1, differences: 0, notAsRecorded: 0 });
});

it('knows what waited, and what a cap had room for, as it was then', async () => {
  const files = withRules('effect = "deny"\nwhen = { action = "send_email", run.pending = { gt = 2 } }');
  const small = Object.fromEntries(
    Object.entries(files).map(([path, text]) => [path, text.replace('total_usd = 1000000', 'total_usd = 3')]),
  );
  fixture = createFixture(rulesOf(small));
  const run = fixture.newRun('shop');
  const waiting = Array.from({ length: 5 }, (_, n) => submitted(fixture, run, { payload: { n } }));
  expect(waiting.map(({ status }) => status)).toEqual(['pending', 'pending', 'pending', 'denied', 'denied']);
  const [first, second] = waiting;
  if (first !== undefined) decide(fixture, first);
  if (second !== undefined) decide(fixture, second, { decision: 'reject' });
  expect(submitted(fixture, run, { payload: { n: 6 } }).status).toBe('pending');
  const refund = {
    actionType: 'refund_payment',
    payload: { amount: 10 },
    expectedCostUsd: microUsd(2_000_000),
  };
  expect(submitted(fixture, run, refund)).toMatchObject({ status: 'auto-approved' });
  expect(submitted(fixture, run, refund)).toMatchObject({ status: 'pending', rule: 'no_room' });
  expect(await against(fixture, small)).toMatchObject({ differences: 0, notAsRecorded: 0, actions: 9 });
  const found = await against(fixture, files);
  expect(found.groups).toMatchObject([
    { from: 'require_approval', to: 'allow', ruleBefore: 'no_room', count: 1 },
  ]);
});

it('takes what was judged, not what a person made of it before approving', async () => {
  fixture = createFixture(rulesOf(PAST_FILES));
  const run = fixture.newRun('shop');
  const row = submitted(fixture, run, { actionType: 'refund_payment', payload: { amount: 240 } });
  decide(fixture, row, { editedPayload: { value: { amount: 5 } } });
  const found = await against(
    fixture,
    withRules('effect = "deny"\nwhen = { action = "refund_payment", payload.amount = { gt = 200 } }'),
  );
  expect(found).toMatchObject({ differences: 1, notAsRecorded: 0 });
  expect(found.examples[0]?.content.text).toBe('{"amount":240}');
});

it('keeps a final rejection: a person said no, whatever the rules say', async () => {
  fixture = createFixture(rulesOf(PAST_FILES));
  const run = fixture.newRun('shop');
  const over = { actionType: 'tell_customer', payload: { resource: 'order/1' } };
  const rejected = submitted(fixture, run, over);
  decide(fixture, rejected, { decision: 'reject', final: true });
  submitted(fixture, run, over);
  const found = await against(fixture, withPolicy('[defaults]\neffect = "allow"\n'));
  expect(found.matrix.require_approval.allow).toBe(1);
  expect(found.matrix.deny.deny).toBe(1);
});

it('denies what was sent as needing no approval, of a type that never passes without a person', async () => {
  fixture = createFixture(rulesOf(PAST_FILES));
  const run = fixture.newRun('shop');
  submitted(fixture, run, { actionType: 'draft_content', requiresApproval: false });
  const policy = PAST_FILES['policy.toml'] ?? '';
  const found = await against(fixture, {
    ...PAST_FILES,
    'policy.toml': policy
      .replace('["publish_content"]', '["publish_content", "draft_content"]')
      .replace('"draft_content", "research_only"', '"research_only"'),
  });
  expect(found.matrix.allow.deny).toBe(1);
});

it('knows an action that is only called like a tool from a tool call', async () => {
  fixture = createFixture(rulesOf(PAST_FILES));
  const run = fixture.newRun('shop');
  submitted(fixture, run, { actionType: 'tool:WebFetch', payload: { url: 'https://example.org' } });
  fixture.governor.commitNow((tx) =>
    checkToolCall(tx, {
      runId: run,
      actor: AGENT,
      tool: 'WebFetch',
      input: { url: 'https://example.org' },
      agentDir: '/project/agents/x',
    }),
  );
  expect(await against(fixture, PAST_FILES)).toMatchObject({ actions: 3, differences: 0, notAsRecorded: 0 });
});

it('counts a call that a standing approval let go on as held: that is what the rules said', async () => {
  const files = withRules('effect = "deny"\nwhen = { action = "draft_content", run.pending = { gt = 0 } }');
  fixture = createFixture(rulesOf(files));
  const run = fixture.newRun('shop');
  fixture.governor.commitNow((tx) =>
    addGrant(tx, grantOf({ action: 'tool:WebFetch', uses: 5, untilMs: fixture.nowMs + 60_000 })),
  );
  const input = { url: 'https://example.org' };
  const call = { runId: run, actor: AGENT, tool: 'WebFetch', input, agentDir: '/project/agents/x' };
  const checked = fixture.governor.commitNow((tx) => checkToolCall(tx, call));
  expect(checked).toMatchObject({ decision: { effect: 'allow', rule: 'grant' } });
  // Nobody waits for it.
  expect(submitted(fixture, run, { actionType: 'draft_content' }).status).toBe('auto-approved');
  const found = await against(fixture, files);
  expect(found).toMatchObject({
    differences: 0,
    notAsRecorded: 0,
    recorded: { allow: 2, require_approval: 1 },
  });
});

it('knows what was set aside for what a person approved, and that a cap was raised', async () => {
  const spend =
    'effect = "deny"\nwhen = { action = "refund_payment", spend = { over_usd = 5, per = "1d", by = "agent" } }';
  const small = Object.fromEntries(
    Object.entries(withRules(spend)).map(([path, text]) => [path, text.replace('= 1000000', '= 3')]),
  );
  fixture = createFixture(rulesOf(small));
  const run = fixture.newRun('shop');
  const refund = (amount: number): ProposalRow => {
    const expectedCostUsd = microUsd(2_000_000);
    return submitted(fixture, run, { actionType: 'refund_payment', payload: { amount }, expectedCostUsd });
  };
  const first = refund(200);
  expect(first.status).toBe('pending');
  decide(fixture, first);
  expect(refund(10)).toMatchObject({ status: 'pending', rule: 'no_room' });
  const raise = { period: 'total', unit: 'usd', limit: 100_000_000, actor: OPERATOR } as const;
  fixture.governor.commitNow((tx) => raiseCap(tx, { ...raise, of: { kind: 'agent', id: 'shop' } }));
  expect(refund(20).status).toBe('auto-approved');
  expect(refund(30)).toMatchObject({ status: 'denied', rule: 'more-1' });
  // The raise holds for the whole replay: what there was no room for then passes, and takes the room of the next.
  const found = await against(fixture, small);
  expect(found).toMatchObject({ differences: 0, notAsRecorded: 2 });
  expect(found.before).toEqual({ allow: 2, require_approval: 1, deny: 2 });
});

it('knows what a model call that was refused would have cost', async () => {
  const files = withRules('effect = "deny"\nwhen = { action = "llm_call", cost_usd = { gt = 0.0035 } }');
  fixture = createFixture(rulesOf(files));
  const run = fixture.newRun('shop');
  const call = { provider: 'anthropic', model: 'm', outputTokens: 100 };
  const ask = (key: string, inputTokens: number): string =>
    fixture.governor.commitNow((tx) => reserve(tx, { ...call, runId: run, idempotencyKey: key, inputTokens }))
      .result;
  expect([ask('small', 1_000), ask('large', 2_000)]).toEqual(['reserved', 'refused']);
  expect(await against(fixture, files)).toMatchObject({ differences: 0, notAsRecorded: 0 });
  const looser = withRules('effect = "deny"\nwhen = { action = "llm_call", cost_usd = { gt = 0.006 } }');
  expect((await against(fixture, looser)).matrix.deny.allow).toBe(1);
});
