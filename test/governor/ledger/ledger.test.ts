import { afterEach, describe, expect, it } from 'vitest';
import type { BudgetRules, Cap } from '../../../src/core/ledger/caps.ts';
import type { Price } from '../../../src/core/ledger/price.ts';
import { agentStatus } from '../../../src/governor/ledger/agent-status.ts';
import { capView } from '../../../src/governor/ledger/cap-states.ts';
import { raiseCap } from '../../../src/governor/ledger/raise-cap.ts';
import { voidReservation } from '../../../src/governor/ledger/settle.ts';
import { endRun } from '../../../src/governor/run/end-run.ts';
import { pauseAgent } from '../../../src/governor/stop/pause-agent.ts';
import { pauseRun } from '../../../src/governor/stop/pause-run.ts';
import { readAgent } from '../../../src/store/read/agents.ts';
import { readBalance } from '../../../src/store/read/ledger.ts';
import { readRun } from '../../../src/store/read/runs.ts';
import { chargeTool, OPERATOR, reserveCall, reserved, settleCall } from '../acts.ts';
import { agentRules, createFixture, type Fixture, rulesWith } from '../fixture.ts';
import { eventsOf, verifiedEvents } from '../record.ts';

let f: Fixture;
afterEach(() => {
  verifiedEvents(f.store);
  f.close();
});

const HOUR_MS = 3_600_000;
const usd = (period: Cap['period'], limit: number): Cap => ({ period, unit: 'usd', limit });

function withCaps(caps: readonly Cap[], over: Partial<BudgetRules> = {}): Fixture {
  const budget: BudgetRules = { caps, warnAt: [], onCap: 'pause', ...over };
  f = createFixture(
    rulesWith({
      agents: new Map([['noop', agentRules({ budget })]]),
      projectBudget: { ...budget, caps: [] },
    }),
  );
  return f;
}

function raise(period: Cap['period'], limit: number): ReturnType<typeof raiseCap> {
  return f.governor.commitNow((tx) =>
    raiseCap(tx, { of: { kind: 'agent', id: 'noop' }, period, unit: 'usd', limit, actor: OPERATOR }),
  );
}

const standing = (): string => agentStatus(capView(f.store, f.rules, f.nowMs), 'noop');
const balance = (): ReturnType<typeof readBalance> => readBalance(f.store, 'agent:noop');
const end = (runId: string, status: 'succeeded' | 'lost' = 'succeeded'): boolean =>
  f.governor.commitNow((tx) => endRun(tx, { runId, status, reason: 'done', exitCode: 0, actor: OPERATOR }));

describe('a reservation', () => {
  it('takes the last micro-dollar of a cap, and not one more', () => {
    withCaps([usd('day', 6_000)]);
    const runId = f.newRun();
    reserved(f, runId, 'a');
    reserved(f, runId, 'b');
    expect(balance().reserved_usd).toBe(6_000);
    const more = reserveCall(f, runId, 'c', { inputTokens: 0, outputTokens: 1 });
    expect(more).toMatchObject({ result: 'refused', code: 'open_reservations', leftMicroUsd: 0 });
    expect(readAgent(f.store, 'noop')?.status).toBe('ok');
  });

  it('that is only tried is refused where it does not fit, and stops nothing', () => {
    withCaps([usd('day', 2_999)], { onCap: 'end' });
    const runId = f.newRun();
    const tried = reserveCall(f, runId, 'a', { tentative: true });
    expect(tried).toMatchObject({ result: 'refused', code: 'over_cap', leftMicroUsd: 2_999 });
    expect(readRun(f.store, runId)?.status).not.toBe('over_budget');
    expect(eventsOf(f.store, 'budget_paused')).toEqual([]);
    expect(reserveCall(f, runId, 'b')).toMatchObject({ result: 'refused', code: 'over_cap' });
    expect(readRun(f.store, runId)?.status).toBe('over_budget');
  });

  it('is settled at what the provider counted, and the rest is free again', () => {
    withCaps([usd('day', 6_000)]);
    const runId = f.newRun();
    const id = reserved(f, runId, 'a');
    expect(settleCall(f, runId, id, { inputTokens: 1_000, outputTokens: 100 })).toMatchObject({
      postedUsd: 2_000,
      postedTokens: 1_100,
    });
    expect(balance()).toMatchObject({
      posted_usd: 2_000,
      posted_tokens: 1_100,
      posted_llm_calls: 1,
      reserved_usd: 0,
      reserved_llm_calls: 0,
    });
  });

  it('is booked whole when no usage was seen', () => {
    withCaps([usd('day', 6_000)]);
    const runId = f.newRun();
    expect(settleCall(f, runId, reserved(f, runId, 'a'), null)).toMatchObject({ postedUsd: 3_000 });
    expect(eventsOf(f.store, 'llm_call_settled')[0]?.payload).toMatchObject({
      usage_seen: false,
      posted_micro_usd: 3_000,
    });
  });

  it.each<[string, Record<string, number>]>([
    ['negative', { inputTokens: -1_000, outputTokens: 10 }],
    ['endless', { outputTokens: Number.POSITIVE_INFINITY }],
    ['no number', { outputTokens: Number.NaN }],
    ['half a token', { inputTokens: 0.5 }],
    ['more than can be counted', { outputTokens: 1e15 }],
  ])('is booked whole when the usage is %s', (_, usage) => {
    withCaps([usd('day', 6_000)]);
    const runId = f.newRun();
    expect(settleCall(f, runId, reserved(f, runId, 'a'), usage)).toMatchObject({
      status: 'settled',
      postedUsd: 3_000,
    });
    expect(balance()).toMatchObject({ posted_usd: 3_000, reserved_usd: 0 });
  });

  it.each(['succeeded', 'lost'] as const)(
    'is booked whole when its run ends as %s with it open',
    (status) => {
      withCaps([usd('day', 9_000)]);
      const runId = f.newRun();
      const ids = [reserved(f, runId, 'a'), reserved(f, runId, 'b')];
      end(runId, status);
      expect(balance()).toMatchObject({ posted_usd: 6_000, reserved_usd: 0 });
      // A settlement that comes too late is told what stands.
      expect(settleCall(f, runId, ids[0] ?? '', { outputTokens: 1 })).toMatchObject({ postedUsd: 3_000 });
      expect(balance().posted_usd).toBe(6_000);
    },
  );

  it('is void once, and then neither settles nor voids again', () => {
    withCaps([usd('day', 9_000)]);
    const runId = f.newRun();
    const id = reserved(f, runId, 'a');
    const give = (): unknown =>
      f.governor.commitNow((tx) => voidReservation(tx, { runId, reservationId: id, reason: 'not_sent' }));
    expect(give()).toMatchObject({ status: 'void', postedUsd: 0 });
    expect(give()).toMatchObject({ status: 'void' });
    expect(settleCall(f, runId, id, { outputTokens: 100 })).toMatchObject({ status: 'void', postedUsd: 0 });
    expect(balance()).toMatchObject({ posted_usd: 0, reserved_usd: 0 });
  });

  it('is the same one for the same key, as long as it is open, and refused under that key for another call', () => {
    withCaps([usd('day', 9_000)]);
    const runId = f.newRun();
    const id = reserved(f, runId, 'a');
    expect(reserved(f, runId, 'a')).toBe(id);
    expect(balance().reserved_usd).toBe(3_000);
    expect(reserveCall(f, runId, 'a', { outputTokens: 1 })).toMatchObject({ code: 'idempotency_conflict' });
    settleCall(f, runId, id, { outputTokens: 100 });
    // A closed reservation holds nothing for another call.
    expect(reserveCall(f, runId, 'a')).toMatchObject({ result: 'refused', code: 'already_closed' });
    expect(eventsOf(f.store, 'llm_call_reserved')).toHaveLength(1);
  });

  it('is not answered again while its run is paused', () => {
    withCaps([usd('day', 9_000)]);
    const runId = f.newRun();
    reserved(f, runId, 'a');
    f.governor.commitNow((tx) => pauseRun(tx, { runId, reason: 'x', source: 'operator', actor: OPERATOR }));
    expect(reserveCall(f, runId, 'a')).toMatchObject({ result: 'refused', code: 'paused' });
  });

  it('belongs to its run: no other settles or voids it', () => {
    withCaps([usd('day', 9_000)]);
    const [runId, other] = [f.newRun(), f.newRun()];
    const id = reserved(f, runId, 'a');
    expect(settleCall(f, other, id, { outputTokens: 0 })).toMatchObject({ code: 'not_found' });
    expect(settleCall(f, runId, 'rsv_unknown', null)).toMatchObject({ code: 'not_found' });
    expect(balance().reserved_usd).toBe(3_000);
  });

  it('is settled at the price that it was made at', () => {
    withCaps([usd('day', 9_000)]);
    const runId = f.newRun();
    const id = reserved(f, runId, 'a');
    const dear: Price = {
      inputNano: 9e6,
      outputNano: 9e6,
      cacheReadNano: 9e6,
      cacheWrite5mNano: 9e6,
      cacheWrite1hNano: 9e6,
    };
    f.rules = { ...f.rules, prices: { unknownModel: 'refuse', models: new Map([['m', dear]]) } };
    expect(settleCall(f, runId, id, { outputTokens: 100 })).toMatchObject({ postedUsd: 1_000 });
  });

  it.each<[string, string, object]>([
    ['a model without a price', 'unpriced', { model: 'other' }],
    ['bounds that can not be counted', 'unbounded', { outputTokens: 1e15 }],
    ['bounds that are no number', 'unbounded', { inputTokens: Number.NaN }],
    ['a negative bound', 'unbounded', { inputTokens: -5 }],
    ['an unknown run', 'unknown_run', { runId: 'run_x' }],
  ])('is refused for %s', (_, code, over) => {
    withCaps([usd('day', 9_000)]);
    expect(reserveCall(f, f.newRun(), 'a', over)).toMatchObject({ result: 'refused', code });
  });

  it('is refused for a model that the agent may not ask for', () => {
    withCaps([usd('day', 9_000)]);
    f.rules = { ...f.rules, agents: new Map([['noop', agentRules({ models: ['claude-*'] })]]) };
    expect(reserveCall(f, f.newRun(), 'a')).toMatchObject({ code: 'model_not_allowed' });
  });

  it('for its model is put into the record once a call, with what was asked for and why it is refused', () => {
    withCaps([usd('day', 9_000)]);
    const runId = f.newRun();
    reserveCall(f, runId, 'a', { model: 'other', tentative: true });
    f.rules = { ...f.rules, agents: new Map([['noop', agentRules({ models: ['claude-*'] })]]) };
    reserveCall(f, runId, 'b');
    const call = { provider: 'anthropic', input_tokens_bound: 1_000, output_tokens_bound: 100 };
    const denied = { ...call, asked_micro_usd: null, effect: 'deny' };
    expect(eventsOf(f.store, 'llm_call_denied')).toMatchObject([
      {
        run_id: runId,
        agent_id: 'noop',
        actor: { kind: 'runner', id: runId },
        payload: { ...denied, model: 'other', code: 'unpriced', reasons: ['the model other has no price'] },
      },
      {
        payload: {
          ...denied,
          model: 'm',
          code: 'model_not_allowed',
          reasons: ['noop may not ask for the model m'],
        },
      },
    ]);
  });

  it('at a cap says whether the price is the dearest there is, for want of one of its own', () => {
    withCaps([usd('day', 2_500)]);
    f.rules = { ...f.rules, prices: { ...f.rules.prices, unknownModel: 'worst' } };
    const runId = f.newRun();
    const over = { inputTokens: 10_000, tentative: true };
    expect(reserveCall(f, runId, 'a', over)).toMatchObject({ code: 'over_cap', isPriced: true });
    expect(reserveCall(f, runId, 'b', { ...over, model: 'x' })).toMatchObject({
      code: 'over_cap',
      isPriced: false,
    });
    const last = reserveCall(f, runId, 'c', { inputTokens: 10_000, model: 'x' });
    expect(last).toMatchObject({ code: 'over_cap', isPriced: false });
  });

  it('is refused without any budget, and a run with its own cap has one', () => {
    withCaps([usd('call', 1e9), { period: 'day', unit: 'llm_calls', limit: 100 }]);
    const runId = f.newRun();
    expect(reserveCall(f, runId, 'a')).toMatchObject({ result: 'refused', code: 'no_budget' });
    expect(chargeTool(f, runId, 'b', 1)).toMatchObject({ result: 'refused', code: 'no_budget' });
    expect(reserveCall(f, f.newRun('noop', 9_000), 'a')).toMatchObject({ result: 'reserved' });
  });

  it('is refused once its agent is gone from the rules in force, while what is open still settles', () => {
    withCaps([usd('day', 9_000)]);
    const runId = f.newRun();
    const id = reserved(f, runId, 'a');
    f.rules = { ...f.rules, agents: new Map() };
    expect(reserveCall(f, runId, 'b')).toMatchObject({ result: 'refused', code: 'unknown_agent' });
    expect(chargeTool(f, runId, 'c', 1)).toMatchObject({ result: 'refused', code: 'unknown_agent' });
    expect(settleCall(f, runId, id, { outputTokens: 100 })).toMatchObject({ postedUsd: 1_000 });
    expect(balance()).toMatchObject({ posted_usd: 1_000, reserved_usd: 0 });
  });
});

describe('usage above the reservation', () => {
  it('is booked as it was, flagged, and pauses the run', () => {
    withCaps([usd('day', 9_000)]);
    const runId = f.newRun();
    const id = reserved(f, runId, 'a');
    expect(settleCall(f, runId, id, { outputTokens: 400 })).toMatchObject({ postedUsd: 4_000 });
    expect(balance()).toMatchObject({ posted_usd: 4_000, reserved_usd: 0 });
    expect(eventsOf(f.store, 'llm_call_settled')[0]?.payload).toMatchObject({ over_reservation: true });
    expect(readRun(f.store, runId)).toMatchObject({
      status: 'paused',
      pause_source: 'overspend',
      pause_reason: 'a call cost $0.004, more than the $0.003 reserved for it',
    });
    expect(reserveCall(f, runId, 'b')).toMatchObject({ code: 'paused' });
  });
});

describe('a charge', () => {
  it('is booked once however often it is sent, and refused under its key with other content', () => {
    withCaps([usd('day', 9_000)]);
    const runId = f.newRun();
    const first = chargeTool(f, runId, 'k', 4_000);
    expect(first).toMatchObject({ result: 'charged', replayed: false });
    for (let time = 0; time < 5; time += 1) {
      expect(chargeTool(f, runId, 'k', 4_000)).toEqual({ ...first, replayed: true });
    }
    expect(chargeTool(f, runId, 'k', 3_999)).toMatchObject({ code: 'idempotency_conflict' });
    expect(chargeTool(f, runId, 'k', 4_000, 1)).toMatchObject({ code: 'idempotency_conflict' });
    expect(balance()).toMatchObject({ posted_usd: 4_000, posted_tool_calls: 1 });
    end(runId);
    expect(chargeTool(f, runId, 'k', 4_000)).toEqual({ ...first, replayed: true });
  });

  it('of another run may have the same key', () => {
    withCaps([usd('day', 9_000)]);
    for (const runId of [f.newRun(), f.newRun()])
      expect(chargeTool(f, runId, 'k', 1_000)).toMatchObject({ replayed: false });
    expect(balance().posted_usd).toBe(2_000);
  });

  it('that fits only when open calls cost less waits for them: nothing is paused', () => {
    withCaps([usd('day', 5_000)]);
    const runId = f.newRun();
    reserved(f, runId, 'a');
    expect(chargeTool(f, runId, 'k', 3_000)).toMatchObject({ result: 'refused', code: 'open_reservations' });
    expect(readAgent(f.store, 'noop')?.status).toBe('ok');
  });

  it('that passes the cap is refused, not booked, and pauses', () => {
    withCaps([usd('day', 5_000)]);
    const runId = f.newRun();
    expect(chargeTool(f, runId, 'k', 5_001)).toMatchObject({ result: 'refused', code: 'over_cap' });
    expect(balance().posted_usd).toBe(0);
    expect(readAgent(f.store, 'noop')).toMatchObject({ status: 'paused', pause_source: 'cap' });
  });
});

describe('at a cap', () => {
  it('of the run, the run is paused and the agent goes on with others', () => {
    withCaps([usd('run', 5_000), usd('day', 50_000)]);
    const [runId, other] = [f.newRun(), f.newRun()];
    expect(reserveCall(f, runId, 'a', { outputTokens: 1_000 })).toMatchObject({
      code: 'over_cap',
      leftMicroUsd: 5_000,
    });
    expect(readRun(f.store, runId)).toMatchObject({ status: 'paused', pause_source: 'cap' });
    expect(readAgent(f.store, 'noop')).toMatchObject({ status: 'ok', pauses: 1 });
    expect(reserveCall(f, other, 'a')).toMatchObject({ result: 'reserved' });
  });

  it('of the agent, the agent and all its runs are paused, and no new run starts', () => {
    withCaps([usd('day', 5_000)]);
    const [runId, other] = [f.newRun(), f.newRun()];
    reserveCall(f, runId, 'a', { outputTokens: 1_000 });
    expect(readAgent(f.store, 'noop')).toMatchObject({ status: 'paused', pause_source: 'cap' });
    for (const id of [runId, other]) expect(readRun(f.store, id)?.status).toBe('paused');
    expect(() => f.newRun()).toThrow(/paused/);
    expect(eventsOf(f.store, 'budget_paused')).toHaveLength(1);
  });

  it('with on_cap = "end" the run ends over budget, what it had open is booked, and a new run may start', () => {
    withCaps([usd('day', 5_000)], { onCap: 'end' });
    const runId = f.newRun();
    reserved(f, runId, 'a');
    expect(reserveCall(f, runId, 'b', { outputTokens: 1_000 })).toMatchObject({ code: 'over_cap' });
    expect(readRun(f.store, runId)).toMatchObject({ status: 'over_budget' });
    expect(balance()).toMatchObject({ posted_usd: 3_000, reserved_usd: 0 });
    expect(readAgent(f.store, 'noop')?.status).toBe('ok');
    f.newRun();
  });

  it('of one call, that call is refused and nothing is paused', () => {
    withCaps([usd('call', 3_000), usd('day', 50_000)]);
    const runId = f.newRun();
    expect(reserveCall(f, runId, 'a', { outputTokens: 101 })).toMatchObject({
      code: 'over_cap',
      leftMicroUsd: 3_000,
    });
    expect(reserveCall(f, runId, 'b')).toMatchObject({ result: 'reserved' });
    expect(eventsOf(f.store, 'budget_paused')).toHaveLength(0);
  });

  it('said with the run (--budget-usd), that run alone is capped', () => {
    withCaps([usd('day', 50_000)]);
    const [capped, free] = [f.newRun('noop', 4_000), f.newRun()];
    reserved(f, capped, 'a');
    expect(reserveCall(f, capped, 'b')).toMatchObject({ code: 'open_reservations' });
    expect(reserveCall(f, capped, 'c', { outputTokens: 500 })).toMatchObject({ code: 'over_cap' });
    expect(readRun(f.store, capped)?.status).toBe('paused');
    expect(reserveCall(f, free, 'a')).toMatchObject({ result: 'reserved' });
  });

  it('of the whole project, every agent counts', () => {
    const agents = new Map(['noop', 'other'].map((id) => [id, agentRules({ id })]));
    f = createFixture(
      rulesWith({ agents, projectBudget: { caps: [usd('day', 5_000)], warnAt: [], onCap: 'pause' } }),
    );
    settleCall(f, f.newRun('other'), reserved(f, f.newRun('other'), 'x'), null);
    const [first] = eventsOf(f.store, 'llm_call_reserved');
    settleCall(f, first?.run_id ?? '', String(first?.payload['reservation_id']), null);
    const answer = reserveCall(f, f.newRun('noop'), 'a');
    expect(answer).toMatchObject({
      code: 'over_cap',
      leftMicroUsd: 2_000,
      hint: expect.stringContaining('budget raise --of project --tier day') as string,
    });
  });
});

describe('periods', () => {
  it('free what was spent once it is out of the rolling window, and not before', () => {
    withCaps([usd('hour', 3_000)]);
    const runId = f.newRun();
    settleCall(f, runId, reserved(f, runId, 'a'), null);
    f.nowMs += HOUR_MS;
    const small = { inputTokens: 0, outputTokens: 1 };
    expect(reserveCall(f, f.newRun(), 'b', small)).toMatchObject({ code: 'over_cap' });
    raise('hour', 3_001);
    f.nowMs += 5 * 60_000;
    expect(reserveCall(f, f.newRun(), 'c')).toMatchObject({ result: 'reserved' });
  });

  it('do not open again when the clock goes back', () => {
    withCaps([usd('hour', 3_000)]);
    const runId = f.newRun();
    settleCall(f, runId, reserved(f, runId, 'a'), null);
    f.nowMs -= 3 * HOUR_MS;
    expect(reserveCall(f, runId, 'b')).toMatchObject({ code: 'over_cap' });
  });

  it('start anew with the calendar month of the project, and not when the zone is changed back', () => {
    withCaps([usd('month', 3_000)]);
    f.rules = { ...f.rules, timezone: 'Pacific/Kiritimati' };
    f.nowMs = Date.parse('2026-11-30T10:30:00Z');
    const runId = f.newRun();
    settleCall(f, runId, reserved(f, runId, 'a'), null);
    // December has begun on Kiritimati, and is spent; in UTC it is November again.
    f.rules = { ...f.rules, timezone: 'UTC' };
    expect(reserveCall(f, runId, 'b')).toMatchObject({ code: 'over_cap' });
    f.nowMs = Date.parse('2027-01-01T00:00:00Z');
    raise('month', 3_001);
    expect(reserveCall(f, runId, 'c')).toMatchObject({ result: 'reserved' });
  });
});

describe('raising a cap', () => {
  it('never lowers one, not even one that was raised before, and says so in dollars', () => {
    withCaps([usd('day', 10_000_000)]);
    expect(raise('day', 20_000_000)).toMatchObject({ result: 'raised' });
    for (const limit of [15_000_000, 20_000_000, 10_000_000, 1]) {
      expect(raise('day', limit)).toMatchObject({
        code: 'not_a_raise',
        detail: expect.stringContaining(
          'day_usd of noop is $20.00 now (raised from $10.00), and $',
        ) as string,
      });
    }
    const runId = f.newRun();
    expect(chargeTool(f, runId, 'a', 19_000_000)).toMatchObject({ result: 'charged' });
    withCaps([usd('day', 12_000_000)]);
    expect(raise('day', 11_000_000)).toMatchObject({
      detail: expect.stringContaining('is $12.00 now, and $11.00') as string,
    });
    expect(raise('day', 13_000_000)).toMatchObject({ result: 'raised' });
  });
});

describe('warnings', () => {
  it('are given once for each share and period, and mark the agent until nothing is near any more', () => {
    withCaps([usd('hour', 10_000)], { warnAt: [0.5, 0.8] });
    const runId = f.newRun();
    const warned = (): unknown[] =>
      eventsOf(f.store, 'budget_warning').map(({ payload }) => payload['share']);
    chargeTool(f, runId, 'a', 4_999);
    expect(warned()).toEqual([]);
    chargeTool(f, runId, 'b', 1);
    chargeTool(f, runId, 'c', 1);
    expect(warned()).toEqual([0.5]);
    expect(standing()).toBe('warning');
    chargeTool(f, runId, 'd', 4_000);
    chargeTool(f, runId, 'e', 1);
    expect(warned()).toEqual([0.5, 0.8]);
    f.nowMs += 2 * HOUR_MS;
    expect(standing()).toBe('ok');
    chargeTool(f, runId, 'g', 9_000);
    expect(warned()).toEqual([0.5, 0.8, 0.8]);
  });

  it('of a cap of each run mark the agent while that run lives, and those of its own caps longer', () => {
    withCaps([usd('run', 10_000), usd('day', 100_000)], { warnAt: [0.8] });
    const [near, far] = [f.newRun(), f.newRun()];
    chargeTool(f, near, 'a', 9_000);
    chargeTool(f, far, 'b', 1_000);
    expect(standing()).toBe('warning');
    end(near);
    expect(standing()).toBe('ok');
    end(far);
    for (let i = 0; i < 8; i += 1) {
      const runId = f.newRun();
      chargeTool(f, runId, `c${i}`, 9_000);
      end(runId);
    }
    expect(standing()).toBe('warning');
    raise('day', 200_000);
    expect(standing()).toBe('ok');
    f.governor.commitNow((tx) =>
      pauseAgent(tx, { agentId: 'noop', reason: 'lunch', source: 'operator', actor: OPERATOR }),
    );
    expect(standing()).toBe('paused');
  });

  it('are given anew for a cap that was raised', () => {
    withCaps([usd('total', 10_000)], { warnAt: [0.8] });
    const runId = f.newRun();
    chargeTool(f, runId, 'a', 8_000);
    raise('total', 20_000);
    chargeTool(f, runId, 'b', 1_000);
    expect(eventsOf(f.store, 'budget_warning')).toHaveLength(1);
    chargeTool(f, runId, 'c', 7_000);
    expect(eventsOf(f.store, 'budget_warning').map(({ payload }) => payload['limit'])).toEqual([
      10_000, 20_000,
    ]);
  });
});

describe('raising a cap', () => {
  it('lifts the pause that the cap caused, of the agent and of its runs', () => {
    withCaps([usd('day', 5_000)]);
    const runId = f.newRun();
    reserveCall(f, runId, 'a', { outputTokens: 1_000 });
    expect(raise('day', 20_000)).toMatchObject({ result: 'raised', limit: 20_000 });
    expect(readAgent(f.store, 'noop')).toMatchObject({ status: 'ok', pause_source: null });
    expect(readRun(f.store, runId)?.status).toBe('starting');
    expect(reserveCall(f, runId, 'b', { outputTokens: 1_000 })).toMatchObject({ result: 'reserved' });
  });

  it('raises the cap that was said with a run', () => {
    withCaps([usd('day', 50_000)]);
    const runId = f.newRun('noop', 2_000);
    reserveCall(f, runId, 'a');
    expect(readRun(f.store, runId)?.status).toBe('paused');
    expect(raise('run', 4_000)).toMatchObject({ result: 'raised' });
    expect(reserveCall(f, runId, 'b')).toMatchObject({ result: 'reserved' });
  });

  it('leaves what the operator or the watchdog paused', () => {
    withCaps([usd('day', 5_000)]);
    const [capped, held, looping] = [f.newRun(), f.newRun(), f.newRun()];
    const pause = { reason: 'x', actor: OPERATOR };
    f.governor.commitNow((tx) => {
      pauseRun(tx, { ...pause, runId: held, source: 'operator' });
      pauseRun(tx, { ...pause, runId: looping, source: 'watchdog' });
    });
    reserveCall(f, capped, 'a', { outputTokens: 1_000 });
    raise('day', 20_000);
    expect(readRun(f.store, capped)?.status).toBe('starting');
    expect([held, looping].map((id) => readRun(f.store, id)?.status)).toEqual(['paused', 'paused']);
  });

  it('is refused for a limit that is no higher than the rules say, an unknown agent or cap', () => {
    withCaps([usd('day', 5_000)]);
    f.newRun();
    expect(raise('day', 5_000)).toMatchObject({ code: 'not_a_raise' });
    expect(raise('month', 9_000)).toMatchObject({ code: 'no_such_cap' });
    const of = { kind: 'agent', id: 'nobody' } as const;
    const other = { of, period: 'day', unit: 'usd', limit: 9_000, actor: OPERATOR } as const;
    expect(f.governor.commitNow((tx) => raiseCap(tx, other))).toMatchObject({ code: 'unknown_agent' });
    expect(eventsOf(f.store, 'budget_raised')).toHaveLength(0);
  });

  it('holds until rules with another limit are accepted: those count as they are', () => {
    withCaps([usd('day', 5_000)]);
    const runId = f.newRun();
    raise('day', 20_000);
    const budget = { caps: [usd('day', 1_000)], warnAt: [], onCap: 'pause' } as const;
    f.rules = { ...f.rules, agents: new Map([['noop', agentRules({ budget })]]) };
    expect(reserveCall(f, runId, 'a')).toMatchObject({ code: 'over_cap', leftMicroUsd: 1_000 });
  });
});
