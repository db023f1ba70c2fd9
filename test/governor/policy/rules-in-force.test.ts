import { afterEach, describe, expect, it } from 'vitest';
import type { PolicyRules } from '../../../src/core/policy/policy-rules.ts';
import type { ReserveResult } from '../../../src/governor/ledger/reserve.ts';
import { loadDetector } from '../../../src/governor/policy/detector.ts';
import { checkToolCall } from '../../../src/governor/tool/check-tool-call.ts';
import { rulesOf } from '../../config/bundle-of.ts';
import { AGENT, chargeTool, decide, reserveCall, reserved, settleCall, submit, submitted } from '../acts.ts';
import { agentRules, createFixture, type Fixture, rulesWith } from '../fixture.ts';
import { eventsOf, verifiedEvents } from '../record.ts';

let f: Fixture;
afterEach(() => {
  verifiedEvents(f.store);
  f.close();
});

function policyOf(toml: string): PolicyRules {
  return rulesOf({ 'policy.toml': toml }).policy;
}

/** A run of an agent of low risk with the role clerk, under a policy that allows what no rule matches. */
function underPolicy(toml: string): string {
  const noop = agentRules({
    risk: 'low',
    labels: { role: 'clerk' },
    tools: { allow: ['*'], requireApproval: [], deny: [] },
  });
  const boss = agentRules({ id: 'boss', risk: 'low', labels: { role: 'admin' }, tools: noop.tools });
  const policy = policyOf(`[defaults]\neffect = "allow"\ntimeout = "10m"\n${toml}`);
  f = createFixture(
    rulesWith({
      policy,
      agents: new Map([
        ['noop', noop],
        ['boss', boss],
      ]),
    }),
  );
  return f.newRun();
}

const tool = (runId: string, name: string, input: unknown): ReturnType<typeof checkToolCall> =>
  f.governor.commitNow((tx) =>
    checkToolCall(tx, { runId, actor: AGENT, tool: name, input, agentDir: '/agent' }),
  );

describe('a proposal', () => {
  it('is judged by its payload, its cost and its agent', () => {
    const runId = underPolicy(`
      [[rule]]
      name = "big"
      effect = "require_approval"
      when = { action = "refund", payload.amount = { gt = 100 } }
      approval = { timeout = "1h" }
      [[rule]]
      name = "dear"
      effect = "deny"
      when = { cost_usd = { gt = 5 } }
      unless = { agent.labels.role = "admin" }`);
    const propose = (amount: unknown, usd: number, run = runId) =>
      submitted(f, run, { actionType: 'refund', payload: { amount }, expectedCostUsd: (usd * 1e6) as never });
    expect(propose(100, 5)).toMatchObject({ status: 'auto-approved', rule: 'defaults' });
    const held = propose(101, 5);
    expect(held).toMatchObject({ status: 'pending', rule: 'big' });
    expect(held.expires_at_ms).toBe(f.nowMs + 3_600_000);
    expect(propose('101', 5)).toMatchObject({ status: 'pending', rule: 'big' });
    expect(propose(101, 5.01)).toMatchObject({ status: 'denied', rule: 'dear' });
    expect(propose(100, 5.01, f.newRun('boss'))).toMatchObject({ status: 'auto-approved' });
  });

  it('over a rate is denied until the oldest one leaves the window, and what was denied is not counted', () => {
    const runId = underPolicy(`
      [[rule]]
      name = "rate"
      effect = "deny"
      when = { action = { in = ["note", "mail"] }, rate = { over = 3, per = "1m", by = "agent" } }`);
    const start = f.nowMs;
    const at = (ms: number, actionType = 'note') => {
      f.nowMs = start + ms;
      const made = submit(f, runId, { actionType });
      if (made.result !== 'submitted') throw new Error(made.detail);
      return [made.proposal.status, made.retryAfterSeconds];
    };
    expect(at(0)).toEqual(['auto-approved', null]);
    expect(at(10_000, 'mail')).toEqual(['auto-approved', null]);
    for (const ms of [11_000, 12_000, 13_000]) expect(at(ms, 'other')[0]).toBe('auto-approved');
    expect(at(20_000)).toEqual(['auto-approved', null]);
    expect(at(30_500)).toEqual(['denied', 30]);
    expect(at(40_000, 'mail')).toEqual(['denied', 20]);
    expect(at(59_999)).toEqual(['denied', 1]);
    expect(at(60_000)).toEqual(['auto-approved', null]);
    expect(at(60_001)).toEqual(['denied', 10]);
  });

  it('counts for all agents together where the rule says so, and for each by itself otherwise', () => {
    underPolicy(`
      [[rule]]
      name = "each"
      effect = "deny"
      when = { action = "note", rate = { over = 2, per = "1m", by = "agent" } }
      [[rule]]
      name = "together"
      effect = "require_approval"
      when = { action = "note", rate = { over = 3, per = "1m", by = "all" } }`);
    const [one, two] = [f.newRun('noop'), f.newRun('boss')];
    const note = (run: string) => submitted(f, run, { actionType: 'note' }).status;
    expect([note(one), note(one), note(one)]).toEqual(['auto-approved', 'auto-approved', 'denied']);
    expect([note(two), note(two)]).toEqual(['auto-approved', 'pending']);
  });

  it('is held while more was spent in the window than a rule allows, reservations counted', () => {
    const runId = underPolicy(`
      [[rule]]
      name = "spend"
      effect = "deny"
      when = { action = "note", spend = { over_usd = 0.005, per = "1h", by = "agent" } }`);
    const note = () => submit(f, runId, { actionType: 'note' });
    chargeTool(f, runId, 'a', 3_000);
    const open = reserved(f, runId, 'r');
    expect(note()).toMatchObject({ proposal: { status: 'denied', rule: 'spend' } });
    settleCall(f, runId, open, { inputTokens: 1_000, outputTokens: 100 });
    expect(note()).toMatchObject({ proposal: { status: 'auto-approved' } });
    chargeTool(f, runId, 'b', 1_000);
    const denied = note();
    expect(denied).toMatchObject({ proposal: { status: 'denied' } });
    const wait = denied.result === 'submitted' ? (denied.retryAfterSeconds ?? 0) : 0;
    expect(wait).toBeGreaterThan(3_500);
    f.nowMs += wait * 1_000 - 1_000;
    expect(note()).toMatchObject({ proposal: { status: 'denied' } });
    f.nowMs += 1_000;
    expect(note()).toMatchObject({ proposal: { status: 'auto-approved' } });
  });

  it('escalates near a cap', () => {
    const runId = underPolicy(`
      [[rule]]
      name = "near-cap"
      effect = "require_approval"
      when = { action = "note", budget.used_pct = { gte = 80 } }`);
    f.rules = rulesWith({
      ...f.rules,
      agents: new Map([
        [
          'noop',
          agentRules({
            budget: { caps: [{ period: 'total', unit: 'usd', limit: 1_000 }], warnAt: [], onCap: 'pause' },
            risk: 'low',
          }),
        ],
      ]),
    });
    expect(submitted(f, runId, { actionType: 'note' }).status).toBe('auto-approved');
    chargeTool(f, runId, 'a', 800);
    expect(submitted(f, runId, { actionType: 'note' })).toMatchObject({
      status: 'pending',
      rule: 'near-cap',
    });
  });

  it('with personal data is denied once the detector is loaded, and held until then', async () => {
    const runId = underPolicy(`
      [[rule]]
      name = "private"
      effect = "deny"
      when = { action = "note", payload = { detects = "pii" } }`);
    const note = () => submitted(f, runId, { actionType: 'note', payload: { text: 'jane@example.com' } });
    expect(note()).toMatchObject({ status: 'pending', rule: 'private' });
    await loadDetector();
    expect(note()).toMatchObject({ status: 'denied', rule: 'private' });
  });

  it('of the operator has no agent that could be exempt', () => {
    underPolicy(`
      [[rule]]
      name = "admins"
      effect = "deny"
      when = { action = "note" }
      unless = { agent.labels.role = "admin" }`);
    expect(submitted(f, null, { actionType: 'note' })).toMatchObject({ status: 'denied', rule: 'admins' });
  });

  it('can’t be edited into what a rule denies', () => {
    const runId = underPolicy(`
      [[rule]]
      name = "look"
      effect = "require_approval"
      when = { action = "refund" }
      [[rule]]
      name = "never"
      effect = "deny"
      when = { action = "refund", payload.amount = { gt = 100 } }`);
    const proposal = submitted(f, runId, { actionType: 'refund', payload: { amount: 5 } });
    expect(decide(f, proposal, { editedPayload: { value: { amount: 500 } } })).toMatchObject({
      result: 'refused',
      code: 'denied_by_rule',
    });
    expect(decide(f, proposal, { editedPayload: { value: { amount: 50 } } })).toMatchObject({
      result: 'decided',
    });
  });
});

describe('a tool call', () => {
  it('is judged by the rules beside the tool lists, and held once for both', () => {
    const runId = underPolicy(`
      [[rule]]
      name = "no-remove"
      effect = "deny"
      when = { tool = "Bash", payload.command = { contains = "rm " } }
      [[rule]]
      name = "production"
      effect = "require_approval"
      when = { action = { starts_with = "tool:" }, resource = { starts_with = "production/" } }
      approval = { timeout = "5m" }`);
    expect(tool(runId, 'Bash', { command: 'ls' })).toMatchObject({ decision: { effect: 'allow' } });
    expect(tool(runId, 'Bash', { command: 'rm -r x' })).toMatchObject({
      decision: { effect: 'deny', rule: 'no-remove' },
    });
    expect(tool(runId, 'Bash', {})).toMatchObject({ decision: { effect: 'require_approval' } });
    expect(tool(runId, 'Write', { file_path: '../production/x' })).toMatchObject({
      decision: { effect: 'require_approval', rule: 'production', approvalTimeoutMs: 300_000 },
      proposalId: expect.any(String),
    });
    expect(tool(runId, 'Write', { file_path: 'x' })).toMatchObject({ decision: { effect: 'allow' } });
  });

  it('over a rate is told when to try again', () => {
    const runId = underPolicy(`
      [[rule]]
      name = "rate"
      effect = "deny"
      when = { action = { starts_with = "tool:" }, rate = { over = 2, per = "1m" } }`);
    const read = () => tool(runId, 'Read', { file_path: 'a' });
    expect([read(), read()]).toMatchObject([
      { decision: { effect: 'allow' } },
      { decision: { effect: 'allow' } },
    ]);
    expect(read()).toMatchObject({ decision: { effect: 'deny', rule: 'rate', retryAfterSeconds: 60 } });
  });
});

describe('a model call and the start of a run', () => {
  it('are refused by a rule that holds or denies them, and the record says which', () => {
    const runId = underPolicy(`
      [[rule]]
      name = "model"
      effect = "require_approval"
      when = { action = "llm_call", model = { starts_with = "m" }, cost_usd = { gt = 0.002 } }
      [[rule]]
      name = "start"
      effect = "deny"
      when = { action = "run_start", agent.id = "boss" }`);
    const call = (key: string, inputTokens: number): ReserveResult =>
      reserveCall(f, runId, key, { inputTokens, outputTokens: 0 });
    expect(call('a', 1_000)).toMatchObject({ result: 'reserved' });
    expect(call('b', 1_001)).toMatchObject({ result: 'refused', code: 'denied_by_rule' });
    expect(eventsOf(f.store, 'llm_call_denied')).toHaveLength(1);
    expect(() => f.newRun('boss')).toThrow('start: action is "run_start" and agent.id is "boss"');
    expect(eventsOf(f.store, 'run_denied')).toHaveLength(1);
  });

  it('are not reached by rules about payloads, which they do not have, nor by [defaults]', () => {
    const runId = underPolicy(`
      [[rule]]
      name = "amounts"
      effect = "deny"
      when = { payload.amount = { gt = 100 } }`);
    f.rules = rulesWith({ ...f.rules, policy: { ...f.rules.policy, defaultEffect: 'deny' } });
    expect(reserveCall(f, runId, 'a')).toMatchObject({ result: 'reserved' });
    expect(tool(runId, 'Read', { file_path: 'a' })).toMatchObject({
      decision: { effect: 'require_approval', rule: 'amounts' },
    });
  });
});
