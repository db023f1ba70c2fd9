import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sumUp } from '../../../src/cli/record/brief.ts';
import type { RecordedEvent } from '../../../src/cli/record/each-event.ts';

let seq = 1_000;
function anEvent(type: string, over: Partial<RecordedEvent> = {}): RecordedEvent {
  seq -= 1;
  return {
    seq,
    ts: new Date(seq * 1_000).toISOString(),
    type,
    actorKind: 'server',
    tier: null,
    agentId: 'writer',
    runId: 'run_1',
    proposalId: null,
    payload: {},
    ...over,
  };
}

describe('the brief', () => {
  it('adds up model calls, charges and what actions cost, in all and for each agent', () => {
    const brief = sumUp([
      anEvent('llm_call_settled', { payload: { posted_micro_usd: 100, posted_tokens: 7 } }),
      anEvent('budget_charge', { payload: { posted_micro_usd: 30, posted_tokens: 0 } }),
      anEvent('action_executed', { payload: { cost_micro_usd: 500 }, agentId: 'payer' }),
      // A use of a grant says what it may cost; what it did is in the outcome.
      anEvent('grant_used', { payload: { cost_micro_usd: 999 }, agentId: 'payer' }),
      anEvent('action_unknown', { payload: { cost_micro_usd: null }, agentId: 'payer' }),
      // What began has not ended by that.
      anEvent('action_executing', { agentId: 'payer' }),
      anEvent('action_retry', { agentId: 'payer' }),
    ]);
    expect(brief).toMatchObject({ spent_micro_usd: 630, tokens: 7, llm_calls: 1 });
    expect(brief.agents.map((agent) => [agent.agent_id, agent.spent_micro_usd])).toEqual([
      ['payer', 500],
      ['writer', 130],
    ]);
    expect(brief.actions).toEqual({ executed: 1, unknown: 1 });
  });

  it('tells apart who decided, and counts runs that were no more than advisory', () => {
    const brief = sumUp([
      anEvent('proposal_decided', { actorKind: 'operator', payload: { status: 'approved' } }),
      anEvent('proposal_decided', { actorKind: 'policy', payload: { status: 'denied' } }),
      anEvent('proposal_decided', { actorKind: 'grant', payload: { status: 'approved' } }),
      anEvent('proposal_expired', { payload: { status: 'expired' } }),
      anEvent('run_started', { tier: 'advisory' }),
      anEvent('run_started', { tier: 'confined' }),
    ]);
    expect(brief.decisions).toEqual({ approved: 2, denied: 1, expired: 1 });
    expect(brief.decided_by).toEqual({ operator: 1, policy: 1, grant: 1, timeout: 1 });
    expect(brief.runs).toMatchObject({ started: 2, advisory: 1 });
  });

  it('tells what was asked for from what was left, and counts a thousand like nine hundred', () => {
    const paused = (cap: string, asked: number, left: number): RecordedEvent =>
      anEvent('budget_paused', { payload: { cap, limit: 2_000_000, asked, left } });
    const { near_misses: misses } = sumUp([
      paused('run_usd', 100_022, 99_912),
      paused('run_tokens', 1_833, 900),
      paused('run_tokens', 933, 900),
    ]);
    expect(misses.map(({ count, what }) => [count, what])).toEqual([
      [1, 'run_usd: asked for $0.1000, $0.0999 of $2.00 left'],
      [2, 'run_tokens: asked for 1,833, 900 of 2,000,000 left'],
    ]);
  });

  it('tells caps of one name apart by whose they are, and what ended a run from what paused it', () => {
    const paused = (over: object): RecordedEvent =>
      anEvent('budget_paused', {
        payload: { cap: 'run_usd', limit: 2_000_000, posted: 2_000_000, ...over },
      });
    const { near_misses: misses } = sumUp([
      paused({ scope: 'run', owner: 'agent' }),
      paused({ scope: 'group', owner: 'group', group: 'night' }),
      paused({ scope: 'run', owner: 'project' }),
      paused({ scope: 'run', owner: 'agent', on_cap: 'end' }),
      anEvent('budget_warning', {
        payload: { cap: 'run_usd', owner: 'project', limit: 2_000_000, share: 0.8 },
      }),
    ]);
    expect(misses.map(({ count, what }) => [count, what])).toEqual([
      [1, 'run_usd: $2.00 of $2.00 spent'],
      [1, 'run_usd of the group night: $2.00 of $2.00 spent'],
      [1, 'run_usd of the project: $2.00 of $2.00 spent'],
      [1, 'run_usd: $2.00 of $2.00 spent; the run was ended, not paused'],
      [1, 'run_usd of the project at 80 % of $2.00'],
    ]);
  });

  it('says the same near miss once, with how often and since when, and in words', () => {
    const warning = (posted: number): RecordedEvent =>
      anEvent('budget_warning', { payload: { cap: 'day_usd', limit: 2_000_000, posted, share: 0.8 } });
    const brief = sumUp([
      warning(1_900_000),
      anEvent('watchdog_warning', { payload: { reason: 'send_email was approved 900 s ago' } }),
      anEvent('watchdog_warning', { payload: { reason: 'send_email was approved 300 s ago' } }),
      warning(1_700_000),
      anEvent('tool_call_denied', { payload: { tool: 'Bash', reasons: ['no rule allows it', 'second'] } }),
      anEvent('action_failed', { payload: { action_type: 'post', detail: { error: 'exit code 2' } } }),
      anEvent('agent_paused', { payload: { reason: 'over', source: 'cap' } }),
      anEvent('agent_paused', { payload: { reason: 'enough', source: 'operator' } }),
      anEvent('kill_switch', { agentId: null, payload: { on: true, reason: 'fire' } }),
      anEvent('budget_paused', {
        payload: { cap: 'run_tokens', limit: 900, posted: 850, asked: 90, left: 50 },
      }),
    ]);
    expect(brief.near_misses.map((miss) => [miss.event_type, miss.count, miss.what])).toEqual([
      ['budget_warning', 2, 'day_usd at 80 % of $2.00'],
      ['watchdog_warning', 2, 'send_email was approved 900 s ago'],
      ['tool_call_denied', 1, 'Bash: no rule allows it'],
      ['action_failed', 1, 'post: exit code 2'],
      ['agent_paused', 1, 'enough'],
      ['kill_switch', 1, 'on: fire'],
      ['budget_paused', 1, 'run_tokens: asked for 90, 50 of 900 left'],
    ]);
    const [first] = brief.near_misses;
    expect(Date.parse(first?.first_ts ?? '')).toBeLessThan(Date.parse(first?.ts ?? ''));
  });

  it('never fails on what an agent put into a payload', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.boolean(), (payload, isFlag) => {
        const type = isFlag ? 'audit_flag_forged_decision' : 'budget_paused';
        expect(sumUp([anEvent(type, { payload })]).near_misses).toHaveLength(1);
      }),
    );
  });
});
