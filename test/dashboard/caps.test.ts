import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dollars } from '../../src/cli/show/words.ts';
import { capRows } from '../../src/server/dashboard/client/cap-rows.ts';
import {
  capAmount,
  capWords,
  noLastingCap,
  raiseRequest,
  readNewLimit,
  usedAmount,
} from '../../src/server/dashboard/client/cap-words.ts';
import { pauseReason } from '../../src/server/dashboard/client/pause-reason.ts';
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
  expect(capAmount('usd', 125_000)).toBe('$0.125');
  expect(capAmount('tokens', 1200)).toBe('1,200 tokens');
});

it('writes a cap and what stands against it as the terminal and the reasons do, so that they add up', () => {
  const shown = [usedAmount('usd', 85_950), usedAmount('usd', 4_050), capAmount('usd', 90_000)];
  expect(shown).toEqual(['$0.08595', '$0.00405', '$0.09']);
  expect([85_950, 4_050, 1_234_500_000].map(dollars)).toEqual(['$0.08595', '$0.00405', '$1,234.50']);
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
});

it('why something waits is said without the command for a terminal, since a button stands beside it', () => {
  const why = 'over day_usd: asks for up to $2.00, $1.00 of $5.00 left';
  const command = 'raise it with `governed-agents budget raise noop --tier day --usd 10`';
  expect([pauseReason(`${why}; ${command}`), pauseReason('look')]).toEqual([why, 'look']);
});
