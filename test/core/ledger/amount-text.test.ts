import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { amountOf, amountText, roundLimit } from '../../../src/core/ledger/amount-text.ts';
import { limitText } from '../../../src/core/policy/usage-window.ts';

describe('an amount under a cap', () => {
  it('is said with its unit in words', () => {
    expect([
      amountText(500_000, 'usd'),
      amountText(100_000_000, 'usd'),
      amountText(1_234_567, 'tokens'),
      amountText(1, 'llm_calls'),
      amountText(0, 'tool_calls'),
    ]).toEqual(['$0.50', '$100.00', '1,234,567 tokens', '1 model call', '0 tool calls']);
  });
});

describe('a limit of money', () => {
  it('is said as it was typed, so that nothing seems to be left that is not', () => {
    const limits = [25_000, 125_000, 1, 10_000, 0, 1_999_999];
    expect(limits.map((limit) => amountText(limit, 'usd'))).toEqual([
      '$0.025',
      '$0.125',
      '$0.000001',
      '$0.01',
      '$0.00',
      '$1.999999',
    ]);
  });
});

it('what is used of a limit is said in its digits, or as a count', () => {
  expect([amountOf(125_000, 125_000, 'usd'), amountOf(461_337, 5_000_000, 'usd')]).toEqual([
    '$0.125',
    '$0.46',
  ]);
  expect([amountOf(1_333, 2_000, 'tokens'), amountOf(1_234_567, 1, 'llm_calls')]).toEqual([
    '1,333',
    '1,234,567',
  ]);
});

it('a limit of money in a window of a rule is not rounded either', () => {
  const window = { measure: 'micro_usd', by: 'agent', perMs: 60_000, actions: null } as const;
  expect(limitText({ window, over: 125_000 })).toContain('more than $0.125 in ');
});

describe('a limit that is offered', () => {
  it('has at most two digits and some noughts, is enough, and at most a third more', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e15 }), (atLeast) => {
        const limit = roundLimit(atLeast);
        expect(String(limit)).toMatch(/^\d{1,2}0*$/);
        expect(limit).toBeGreaterThanOrEqual(atLeast);
        expect(limit).toBeLessThanOrEqual((atLeast * 4) / 3);
      }),
    );
    expect([4, 501_000, 1_333, 28_371_022, 154_818].map(roundLimit)).toEqual([
      4, 600_000, 1_500, 30_000_000, 200_000,
    ]);
  });
});
