import { afterEach, describe, expect, it } from 'vitest';
import type { BudgetRules, CapPeriod, CapUnit } from '../../../src/core/ledger/caps.ts';
import { fromUsd } from '../../../src/core/ledger/money.ts';
import { raiseCap } from '../../../src/governor/ledger/raise-cap.ts';
import { checkToolCall } from '../../../src/governor/tool/check-tool-call.ts';
import { readAgent } from '../../../src/store/read/agents.ts';
import { readRun } from '../../../src/store/read/runs.ts';
import { AGENT, OPERATOR, reserveCall, settleCall } from '../acts.ts';
import { agentRules, createFixture, type Fixture, rulesWith } from '../fixture.ts';
import { eventsOf } from '../record.ts';

let f: Fixture;
afterEach(() => f.close());

const PERIODS: readonly CapPeriod[] = ['call', 'run', 'hour', 'day', 'month', 'total'];
/** Room for one call of 1,000 and 100 tokens, which reserves 3,000 micro-dollars, and not for two. */
const LIMITS: Readonly<Record<CapUnit, number>> = { usd: 3_000, tokens: 1_100, llm_calls: 1, tool_calls: 1 };
const OWNERS = ['agent', 'group', 'project'] as const;
const ROOM: BudgetRules = { caps: [{ period: 'total', unit: 'usd', limit: 1e9 }], warnAt: [], onCap: 'end' };

function start(
  owner: (typeof OWNERS)[number],
  period: CapPeriod,
  unit: CapUnit,
  limit: number,
  onCap: BudgetRules['onCap'] = 'end',
): string {
  const capped: BudgetRules = { caps: [{ period, unit, limit }], warnAt: [], onCap };
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

describe('what a person is told at a cap', () => {
  it.each(CASES)('of the %s, %s_%s, makes room for the call when it is typed', (owner, period, unit) => {
    const run = start(owner, period, unit, LIMITS[unit] - 1, 'pause');
    const refusal = reserveCall(f, run, 'a');
    const hint = 'hint' in refusal ? refusal.hint : '';
    const reason = readRun(f.store, run)?.pause_reason ?? readAgent(f.store, 'noop')?.pause_reason ?? null;
    // A single call that is too large pauses nothing.
    if (period === 'call') {
      expect(reason).toBeNull();
      expect(refusal).toMatchObject({ detail: expect.stringMatching(/, at most \S+ a call$/) as string });
    } else expect(reason).toMatch(/^over .+ left; raise it with `.+`$/);
    expect(reason ?? hint).toContain(hint);
    expect(raiseAsTyped(hint)).toMatchObject({ result: 'raised', cap: `${period}_${unit}` });
    expect([readRun(f.store, run)?.status, readAgent(f.store, 'noop')?.status]).toEqual(['starting', 'ok']);
    expect(reserveCall(f, run, 'b')).toMatchObject({ result: 'reserved' });
  });
});

/** Does what the command in a message would do. */
function raiseAsTyped(message: string): ReturnType<typeof raiseCap> | null {
  const typed =
    /`governed-agents budget raise (?<whose>--of \S+|\S+) --tier (?<period>\w+) --(?<unit>[\w-]+) (?<limit>[\d.]+)`$/.exec(
      message,
    )?.groups ?? {};
  const { whose = '', period, unit, limit } = typed;
  const tier = PERIODS.find((each) => each === period);
  const counted = (['usd', 'tokens', 'llm_calls', 'tool_calls'] as const).find(
    (each) => each === unit?.replace('-', '_'),
  );
  if (tier === undefined || counted === undefined) return null;
  const group = /^--of group:(.+)$/.exec(whose)?.[1];
  return f.governor.commitNow((tx) =>
    raiseCap(tx, {
      of:
        whose === '--of project'
          ? { kind: 'project' }
          : group === undefined
            ? { kind: 'agent', id: whose }
            : { kind: 'group', name: group },
      period: tier,
      unit: counted,
      limit: counted === 'usd' ? fromUsd(Number(limit)) : Number(limit),
      actor: OPERATOR,
    }),
  );
}

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
