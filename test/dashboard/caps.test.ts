import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dollars } from '../../src/cli/show/words.ts';
import { capRows } from '../../src/server/dashboard/client/cap-rows.ts';
import {
  capAmount,
  capWords,
  noLastingCap,
  raiseRequest,
  raiseWords,
  readNewLimit,
  usedAmount,
} from '../../src/server/dashboard/client/cap-words.ts';
import { enoughWhenPaused, pauseReason } from '../../src/server/dashboard/client/pause-reason.ts';
import type { WireBudget, WireBudgetTier, WireRunBudgets } from '../../src/server/wire/record.ts';

function aTier(over: Partial<WireBudgetTier> = {}): WireBudgetTier {
  return {
    tier: 'day',
    unit: 'usd',
    scope: 'agent',
    owner: 'agent',
    cap: 5_000_000,
    posted: 4_900_000,
    reserved: 0,
    remaining: 100_000,
    remaining_pct: 2,
    ...over,
  };
}

describe('a new limit', () => {
  it.each([
    ['8', 8_000_000],
    [' $7.50 ', 7_500_000],
    ['1,250', 1_250_000_000],
    ['5.000001', 5_000_001],
  ])('reads %s as dollars', (text, amount) => {
    expect(readNewLimit(aTier(), text)).toMatchObject({ result: 'limit', amount });
  });

  it.each(['', 'ten', '-3', '1e9', '6.0000001', '5', '4.99', '1,2', '2000000000'])(
    'sends nothing for %j, and says why',
    (text) => {
      const read = readNewLimit(aTier(), text);
      expect(read.result).toBe('not yet');
      expect(read.result === 'not yet' && read.why.length).toBeGreaterThan(10);
    },
  );

  it('is never at or below the cap, whatever is typed, and sends what it shows', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2e12 }), fc.double({ min: 0, max: 3e6 }), (cap, typed) => {
        const read = readNewLimit(aTier({ cap }), String(typed));
        if (read.result !== 'limit') return;
        expect(read.amount).toBeGreaterThan(cap);
        expect(Math.round(read.said * 1e6)).toBe(read.amount);
      }),
    );
  });

  it('counts tokens and calls in whole ones', () => {
    const tokens = aTier({ unit: 'tokens', cap: 900_000 });
    expect(readNewLimit(tokens, '1,200,000')).toMatchObject({ said: 1_200_000 });
    expect(readNewLimit(tokens, '900000.5').result).toBe('not yet');
  });
});

it('says what a cap bounds and how much in one way', () => {
  expect(capWords(aTier())).toBe('per day');
  expect(capWords(aTier({ tier: 'hour', unit: 'llm_calls' }))).toBe('model calls per hour');
  expect(capWords(aTier({ tier: 'run', owner: 'group' }))).toBe('per batch of runs');
  expect(capWords(aTier({ tier: 'run', owner: 'run' }))).toBe('for this run');
  expect(capAmount('usd', 125_000)).toBe('$0.125');
  expect(capAmount('tokens', 1200)).toBe('1,200 tokens');
});

it('writes a cap and what stands against it as the terminal and the reasons do, so that they add up', () => {
  const tier = aTier({ cap: 90_000 });
  const shown = [usedAmount(tier, 85_950), usedAmount(tier, 4_050), capAmount('usd', 90_000)];
  expect(shown).toEqual(['$0.08595', '$0.00405', '$0.09']);
  expect(usedAmount(aTier({ cap: 125_000 }), 125_000)).toBe('$0.125');
  expect([85_950, 4_050, 1_234_500_000].map(dollars)).toEqual(['$0.08595', '$0.00405', '$1,234.50']);
});

it('says from what a limit was raised, and for how long that holds', () => {
  const at = '2026-11-21T18:00:00.000Z';
  expect(raiseWords(aTier())).toBeNull();
  expect(raiseWords(aTier({ raised: { from: 125_000, at, until: 'rules' } }))).toEqual({
    from: 'raised from $0.125',
    until: 'By an operator, until rules with another limit are accepted',
  });
  expect(raiseWords(aTier({ unit: 'tokens', raised: { from: 1_200, at, until: 'run' } }))).toEqual({
    from: 'raised from 1,200 tokens',
    until: 'By an operator, until the run ends',
  });
});

it('says of an agent without a lasting cap what each run of it may spend, where that is known', () => {
  const row = (run_cap_micro_usd: number | null, run_cap_of: 'each_run' | 'newest_run' | null) =>
    noLastingCap({ run_cap_micro_usd, run_cap_of });
  expect(row(null, null)).toBe('no dollar cap of its own');
  expect(row(500_000, 'each_run')).toBe('no lasting dollar cap; each run up to $0.50');
  expect(row(1_000_000, 'newest_run')).toBe('no lasting dollar cap; newest run up to $1.00');
});

it('sends the raise of a shared cap to whoever holds it', () => {
  expect(raiseRequest({ kind: 'agent', agentId: 'a b' })).toEqual({ path: '/budget/a%20b/raise', body: {} });
  expect(raiseRequest({ kind: 'project' })).toEqual({ path: '/budget/raise', body: { of: 'project' } });
  expect(raiseRequest({ kind: 'group', group: 'nightly' }).body).toEqual({ of: 'group:nightly' });
});

it('lists the caps of an agent before those of its live runs, and what it shares last', () => {
  const budget = {
    agent_id: 'writer',
    tiers: [aTier({ scope: 'project', owner: 'project' }), aTier()],
    each_run: [aTier({ scope: 'run', tier: 'run', posted: 0 })],
    live_runs: [
      {
        run_id: 'run_01m7yh97x0qj8pyxv09cd78nx4',
        task: 'notes',
        tiers: [aTier({ scope: 'run', tier: 'call' }), aTier({ scope: 'run', tier: 'run' })],
      },
    ],
  } as unknown as WireBudget & WireRunBudgets;
  const rows = capRows(budget);
  expect(rows.map((row) => [row.name, row.of, row.isCounted, row.holder.kind])).toEqual([
    ['per day', null, true, 'agent'],
    ['each run', null, false, 'agent'],
    ['run …d78nx4', 'notes', true, 'agent'],
    ['per day', 'whole project', true, 'project'],
  ]);
  expect(new Set(rows.map((row) => row.key)).size).toBe(rows.length);
  expect(rows.map((row) => row.runId)).toEqual([null, null, 'run_01m7yh97x0qj8pyxv09cd78nx4', null]);
});

it('why something waits is said without the command for a terminal, since a button stands beside it', () => {
  const why = 'over day_usd: asks for up to $2.00, $1.00 of $5.00 left';
  const command = 'raise it with `governed-agents budget raise noop --tier day --usd 10`';
  expect([pauseReason(`${why}; ${command}`), pauseReason('look')]).toEqual([why, 'look']);
  expect(enoughWhenPaused(`${why}; ${command}`)).toBe('$10.00');
  const calls = 'raise it with `governed-agents budget raise --of group:nightly --tier run --llm-calls 1200`';
  expect(enoughWhenPaused(`over run_llm_calls; ${calls}`)).toBe('1,200 model calls');
  expect([null, 'look', `${why}; raise it`].map(enoughWhenPaused)).toEqual([null, null, null]);
});
