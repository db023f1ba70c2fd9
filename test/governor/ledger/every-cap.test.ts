import { afterEach, describe, expect, it } from 'vitest';
import type { BudgetRules, CapPeriod, CapUnit } from '../../../src/core/ledger/caps.ts';
import { checkToolCall } from '../../../src/governor/tool/check-tool-call.ts';
import { AGENT, reserveCall, settleCall } from '../acts.ts';
import { agentRules, createFixture, type Fixture, rulesWith } from '../fixture.ts';
import { eventsOf } from '../record.ts';

let f: Fixture;
afterEach(() => f.close());

const PERIODS: readonly CapPeriod[] = ['call', 'run', 'hour', 'day', 'month', 'total'];
/** Room for one call of 1,000 and 100 tokens, which reserves 3,000 micro-dollars, and not for two. */
const LIMITS: Readonly<Record<CapUnit, number>> = { usd: 3_000, tokens: 1_100, llm_calls: 1, tool_calls: 1 };
const OWNERS = ['agent', 'group', 'project'] as const;
const ROOM: BudgetRules = { caps: [{ period: 'total', unit: 'usd', limit: 1e9 }], warnAt: [], onCap: 'end' };

function start(owner: (typeof OWNERS)[number], period: CapPeriod, unit: CapUnit, limit: number): string {
  const capped: BudgetRules = { caps: [{ period, unit, limit }], warnAt: [], onCap: 'end' };
  f = createFixture(
    rulesWith({
      agents: new Map([
        [
          'noop',
          agentRules({
            budget: owner === 'agent' ? { ...capped, caps: [...capped.caps, ...ROOM.caps] } : ROOM,
          }),
        ],
      ]),
      groups: new Map([['nightly', owner === 'group' ? capped : ROOM]]),
      projectBudget: owner === 'project' ? capped : ROOM,
    }),
  );
  return f.newRun('noop', undefined, 'nightly');
}

const CASES = OWNERS.flatMap((owner) =>
  PERIODS.flatMap((period) =>
    (['usd', 'tokens', 'llm_calls'] as const).map((unit) => [owner, period, unit] as const),
  ),
);

describe('a cap of any tier, in any unit', () => {
  it.each(CASES)(
    'of the %s, %s_%s, has room for what it has room for, and not for one more',
    (owner, period, unit) => {
      const isCall = period === 'call';
      const run = start(owner, period, unit, isCall ? LIMITS[unit] - 1 : LIMITS[unit]);
      if (isCall) {
        expect(reserveCall(f, run, 'a')).toMatchObject({ code: 'over_cap' });
        // Refused, and nothing else.
        expect(eventsOf(f.store, 'run_ended')).toHaveLength(0);
        return;
      }
      const first = reserveCall(f, run, 'a');
      const again = reserveCall(f, run, 'b', { inputTokens: 1, outputTokens: 0 });
      expect([first.result, again]).toMatchObject(['reserved', { code: 'open_reservations' }]);
      settleCall(f, run, first.result === 'reserved' ? first.reservationId : '', null);
      expect(reserveCall(f, run, 'c', { inputTokens: 1, outputTokens: 0 })).toMatchObject({
        code: 'over_cap',
      });
      expect(eventsOf(f.store, 'budget_paused')[0]?.payload).toMatchObject({
        cap: `${period}_${unit}`,
        scope: period === 'run' && owner !== 'group' ? 'run' : owner,
        limit: LIMITS[unit],
      });
    },
  );

  it.each(OWNERS.flatMap((owner) => PERIODS.slice(1).map((period) => [owner, period] as const)))(
    'of the %s, %s_tool_calls, counts tool calls before they are made',
    (owner, period) => {
      const run = start(owner, period, 'tool_calls', 1);
      const ask = (tool: string) =>
        f.governor.commitNow((tx) =>
          checkToolCall(tx, { runId: run, actor: AGENT, tool, input: { n: tool }, agentDir: '/x' }),
        );
      expect(ask('Read')).toMatchObject({ decision: { effect: 'allow' } });
      expect(ask('Read')).toMatchObject({ result: 'refused', code: 'over_cap' });
    },
  );
});

describe('a new agent', () => {
  it('has no fortune of its own: what others have spent of the project is spent for it too', () => {
    const names = Array.from({ length: 20 }, (_, n) => `agent-${n}`);
    f = createFixture(
      rulesWith({
        agents: new Map(names.map((id) => [id, agentRules({ id, budget: ROOM })])),
        projectBudget: { caps: [{ period: 'day', unit: 'usd', limit: 9_000 }], warnAt: [], onCap: 'pause' },
      }),
    );
    const given = names.map((id) => reserveCall(f, f.newRun(id), 'a').result);
    expect(given.filter((result) => result === 'reserved')).toHaveLength(3);
  });
});
