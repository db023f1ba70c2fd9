import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  formatUsd,
  formatUsdApart,
  formatUsdLimit,
  formatUsdOf,
  fromUsd,
  MAX_USD,
  microUsd,
  toUsd,
} from '../../../src/core/ledger/money.ts';

describe('dollars into micro-dollars', () => {
  it.each([
    [0, 0],
    [-0, 0],
    [0.1, 100_000],
    [0.3, 300_000],
    [0.1 + 0.2, 300_001],
    [1.005, 1_005_000],
    [4.35, 4_350_000],
    [0.000001, 1],
    [0.0000011, 2],
    [1e-7, 1],
    [5e-324, 1],
    [1.0000000001, 1_000_001],
    [MAX_USD, 1e15],
    [999_999_999.999999, 999_999_999_999_999],
  ])('makes %d into %d', (usd, amount) => {
    expect(fromUsd(usd)).toBe(amount);
  });

  it('keeps whole micro-dollars whole', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e15 }), (amount) => {
        expect(fromUsd(Number(`${Math.floor(amount / 1e6)}.${String(amount % 1e6).padStart(6, '0')}`))).toBe(
          amount,
        );
      }),
      { seed: 1, numRuns: 1_000 },
    );
  });

  it('never books less than was said, and less than one micro-dollar more', () => {
    const usd = fc.oneof(
      fc.double({ min: 0, max: MAX_USD, noNaN: true }),
      fc.double({ min: 0, max: 1e-3, noNaN: true }),
    );
    fc.assert(
      fc.property(usd, (said) => {
        const amount = BigInt(fromUsd(said));
        const exact = atto(said);
        expect(amount * 10n ** 12n >= exact).toBe(true);
        expect(amount === 0n || (amount - 1n) * 10n ** 12n < exact).toBe(true);
      }),
      { seed: 2, numRuns: 2_000 },
    );
  });

  it.each([-1, -5e-324, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, MAX_USD + 1e-6])(
    'refuses %d',
    (usd) => {
      expect(() => fromUsd(usd)).toThrow(RangeError);
    },
  );

  it.each([-1, 0.5, Number.NaN, 2 ** 53])('takes no %d for an amount', (amount) => {
    expect(() => microUsd(amount)).toThrow(RangeError);
  });

  it('are shown as they were', () => {
    expect(toUsd(fromUsd(12.34))).toBe(12.34);
  });

  it('that were spent are rounded to cents, and below ten cents, where that would hide what is left, not at all', () => {
    const amounts = [0, 1, 4_050, 85_950, 90_000, 99_999, 100_000, 461_337, 9_876_543, 1_234_567_890_000];
    expect(amounts.map(formatUsd)).toEqual([
      '$0.00',
      '$0.000001',
      '$0.00405',
      '$0.08595',
      '$0.09',
      '$0.099999',
      '$0.10',
      '$0.46',
      '$9.88',
      '$1,234,567.89',
    ]);
  });

  it('that are a limit are never rounded', () => {
    expect([0, 90_000, 125_000, 1_005_000, 1_234_567_890_000].map(formatUsdLimit)).toEqual([
      '$0.00',
      '$0.09',
      '$0.125',
      '$1.005',
      '$1,234,567.89',
    ]);
  });

  it('that count against a limit have its digits, so that none is shown above it that is not', () => {
    const of = (amount: number, limit: number | null) => formatUsdOf(amount, limit);
    expect([of(125_000, 125_000), of(124_999, 125_000), of(100_000, 125_000)]).toEqual([
      '$0.125',
      '$0.125',
      '$0.100',
    ]);
    expect([of(4_050, 5_000_000), of(461_337, 5_000_000), of(4_999_999, 5_000_000)]).toEqual([
      '$0.00405',
      '$0.46',
      '$5.00',
    ]);
    expect([of(125_400, 125_000), of(6_123_456, 5_000_000)]).toEqual(['$0.1254', '$6.12']);
    expect([of(1_234_567_891, 2_000_500_000), of(461_337, null)]).toEqual(['$1,234.57', '$0.46']);
  });

  it('are shown with as many digits as it takes to tell two apart', () => {
    expect(formatUsdApart(180_400, 179_900)).toEqual(['$0.1804', '$0.1799']);
    expect(formatUsdApart(100_012, 99_912)).toEqual(['$0.1000', '$0.0999']);
    expect(formatUsdApart(500_000, 4_050)).toEqual(['$0.50', '$0.00405']);
    expect(formatUsdApart(810_000, 20_000)).toEqual(['$0.81', '$0.02']);
    expect(formatUsdApart(2_000_001, 2_000_000)).toEqual(['$2.000001', '$2.000000']);
    expect(formatUsdApart(1_234_500_000, 1_234_000_000)).toEqual(['$1,234.50', '$1,234.00']);
    expect(formatUsdApart(5, 5)).toEqual(['$0.000005', '$0.000005']);
  });
});

/** In 10^-18 dollars, rounded up: made digit by digit from the shortest decimal form. */
function atto(usd: number): bigint {
  const [digits = '', power = '0'] = usd.toExponential().split('e');
  const [whole = '', fraction = ''] = digits.split('.');
  const shift = 18 + Number(power) - fraction.length;
  const value = BigInt(whole + fraction);
  if (shift >= 0) return value * 10n ** BigInt(shift);
  return value === 0n ? 0n : value / 10n ** BigInt(-shift) + 1n;
}
