import { afterEach, describe, expect, it } from 'vitest';
import type { BudgetRules, Cap } from '../../../src/core/ledger/caps.ts';
import { raiseCap } from '../../../src/governor/ledger/raise-cap.ts';
import { endRun } from '../../../src/governor/run/end-run.ts';
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

const usd = (period: Cap['period'], limit: number): Cap => ({ period, unit: 'usd', limit });
const MINUTE_MS = 60_000;

function withGroup(caps: readonly Cap[], over: Partial<BudgetRules> = {}): void {
  f = createFixture(
    rulesWith({
      agents: new Map([
        ['noop', agentRules()],
        ['other', agentRules({ id: 'other' })],
      ]),
      groups: new Map([['nightly', { caps, warnAt: [], onCap: 'pause', ...over }]]),
    }),
  );
}

const inGroup = (agentId = 'noop'): string => f.newRun(agentId, undefined, 'nightly');
const statusOf = (runId: string): string | undefined => readRun(f.store, runId)?.status;

function end(runId: string): void {
  const how = { status: 'succeeded', reason: 'done', exitCode: 0, actor: OPERATOR } as const;
  f.governor.commitNow((tx) => endRun(tx, { runId, ...how }));
}

describe('runs of a group', () => {
  it('share its caps, whichever agents they are of, and leave the others alone', () => {
    withGroup([usd('run', 6_000)]);
    const [one, two, alone] = [inGroup(), inGroup('other'), f.newRun()];
    reserved(f, one, 'a');
    reserved(f, two, 'b');
    expect(reserveCall(f, two, 'c', { inputTokens: 0, outputTokens: 1 })).toMatchObject({
      code: 'open_reservations',
      leftMicroUsd: 0,
    });
    reserved(f, alone, 'd');
    expect(readBalance(f.store, `batch:${one}`).reserved_usd).toBe(6_000);
  });

  it('share its run caps one after the other too, until none has run for an hour', () => {
    withGroup([usd('run', 6_000)]);
    const first = inGroup();
    settleCall(f, first, reserved(f, first, 'a'), null);
    end(first);
    f.nowMs += 59 * MINUTE_MS;
    const second = inGroup();
    settleCall(f, second, reserved(f, second, 'b'), null);
    expect(reserveCall(f, second, 'c')).toMatchObject({ code: 'over_cap', leftMicroUsd: 0 });
    end(second);
    f.nowMs += 61 * MINUTE_MS;
    const third = inGroup();
    expect(reserveCall(f, third, 'd')).toMatchObject({ result: 'reserved' });
    expect([second, third].map((id) => readRun(f.store, id)?.batch)).toEqual([first, third]);
  });

  it('keep a batch together as long as one of them lives', () => {
    withGroup([usd('run', 6_000)]);
    const long = inGroup();
    const short = inGroup();
    end(short);
    f.nowMs += 300 * MINUTE_MS;
    expect(readRun(f.store, inGroup())?.batch).toBe(long);
  });

  it('keep to its lasting caps over batches', () => {
    withGroup([usd('day', 5_000)]);
    const first = inGroup();
    settleCall(f, first, reserved(f, first, 'a'), null);
    end(first);
    f.nowMs += 120 * MINUTE_MS;
    expect(reserveCall(f, inGroup(), 'b')).toMatchObject({ code: 'over_cap', leftMicroUsd: 2_000 });
    f.nowMs += 24 * 60 * MINUTE_MS;
    expect(reserveCall(f, inGroup(), 'c')).toMatchObject({ result: 'reserved' });
  });

  it('are paused at its cap, and not their agents; raising it lets them go on', () => {
    withGroup([usd('run', 2_000), { period: 'call', unit: 'tokens', limit: 5_000 }]);
    const [one, two] = [inGroup(), f.newRun()];
    expect(reserveCall(f, one, 'a')).toMatchObject({
      code: 'over_cap',
      detail: 'over run_usd of the group nightly: asks for up to $0.003, $0.002 of $0.002 left',
      hint: 'raise it with `governed-agents budget raise --of group:nightly --tier run --usd 0.003`',
    });
    expect([statusOf(one), statusOf(two), readAgent(f.store, 'noop')?.status]).toEqual([
      'paused',
      'starting',
      'ok',
    ]);
    expect(eventsOf(f.store, 'budget_paused')[0]?.payload).toMatchObject({
      scope: 'group',
      owner: 'group',
      group: 'nightly',
      on_cap: 'pause',
    });
    const of = { kind: 'group', name: 'nightly' } as const;
    const raise = { of, period: 'run', unit: 'usd', limit: 9_000, actor: OPERATOR } as const;
    expect(f.governor.commitNow((tx) => raiseCap(tx, raise))).toMatchObject({ result: 'raised' });
    expect(statusOf(one)).toBe('starting');
    expect(reserveCall(f, one, 'a2')).toMatchObject({ result: 'reserved' });
    expect(reserveCall(f, one, 'b', { inputTokens: 5_000 })).toMatchObject({ code: 'over_cap' });
  });

  it('end at its cap where it says so, and are warned of it where it says so', () => {
    withGroup([usd('run', 4_000)], { onCap: 'end', warnAt: [0.5] });
    const run = inGroup();
    settleCall(f, run, reserved(f, run, 'a'), null);
    expect(eventsOf(f.store, 'budget_warning').map(({ payload }) => payload)).toMatchObject([
      { scope: `batch:${run}`, owner: 'group', group: 'nightly', cap: 'run_usd', share: 0.5 },
    ]);
    expect(chargeTool(f, run, 'b', 2_000)).toMatchObject({ code: 'over_cap' });
    expect(eventsOf(f.store, 'budget_paused')[0]?.payload).toMatchObject({ on_cap: 'end' });
    expect(statusOf(run)).toBe('over_budget');
  });

  it('get nothing when the rules in force do not know the group any more', () => {
    withGroup([usd('run', 6_000)]);
    const run = inGroup();
    f.rules = { ...f.rules, groups: new Map() };
    expect(reserveCall(f, run, 'a')).toMatchObject({ code: 'unknown_group' });
  });

  it('do not start in a group that is not accepted', () => {
    withGroup([usd('run', 6_000)]);
    expect(() => f.newRun('noop', undefined, 'nightli')).toThrow('there is no accepted group nightli');
  });
});
