import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backoffMs } from '../../src/server/dashboard/client/backoff.ts';
import { formatAge, formatClock, formatSpan, urgencyOf } from '../../src/server/dashboard/client/duration.ts';
import { formatMicroUsd, spendShares } from '../../src/server/dashboard/client/money.ts';

describe('money', () => {
  it.each([
    [0, '$0.00'],
    [1, '$0.000001'],
    [412, '$0.000412'],
    [120_000, '$0.12'],
    [123_456, '$0.123456'],
    [1_000_000, '$1.00'],
    [1_840_000, '$1.84'],
    [19_999_999, '$20.00'],
    [1_234_567_890_000, '$1,234,567.89'],
    [-2_500_000, '−$2.50'],
  ])('writes %d micro-dollars as %s', (microUsd, text) => {
    expect(formatMicroUsd(microUsd)).toBe(text);
  });

  it('never writes an amount that is not zero as zero', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000_000_000 }), (microUsd) => {
        expect(/[1-9]/.test(formatMicroUsd(microUsd))).toBe(true);
      }),
    );
  });

  it('keeps the bar of spent and reserved within its length, whatever the figures', () => {
    fc.assert(
      fc.property(
        fc.integer(),
        fc.integer(),
        fc.integer(),
        (spentMicroUsd, reservedMicroUsd, capMicroUsd) => {
          const { spent, reserved } = spendShares(spentMicroUsd, reservedMicroUsd, capMicroUsd);
          expect(spent).toBeGreaterThanOrEqual(0);
          expect(reserved).toBeGreaterThanOrEqual(0);
          expect(spent + reserved).toBeLessThanOrEqual(100.000001);
        },
      ),
    );
    expect(spendShares(1, 0, 0)).toEqual({ spent: 100, reserved: 0 });
  });
});

describe('time', () => {
  it.each([
    [-5, '0 s'],
    [999, '0 s'],
    [59_999, '59 s'],
    [60_000, '1 min 00 s'],
    [249_000, '4 min 09 s'],
    [3_900_000, '1 h 05 min'],
    [97_200_000, '1 d 3 h'],
  ])('writes a span of %d ms as %s', (spanMs, text) => {
    expect(formatSpan(spanMs)).toBe(text);
  });

  it('says how long ago something was', () => {
    expect([0, 8000, 240_000, 7_200_000, 200_000_000].map(formatAge)).toEqual([
      'just now',
      '8 s ago',
      '4 min ago',
      '2 h ago',
      '2 d ago',
    ]);
  });

  it('gets more urgent as the time runs out', () => {
    expect([3_600_000, 600_000, 60_000, 0].map(urgencyOf)).toEqual(['calm', 'soon', 'now', 'over']);
  });

  it('adds the date to a time of another day, and shows what is no time as it is', () => {
    const date = new Date(2025, 0, 2, 3, 4, 5);
    expect(formatClock(date.toISOString(), date.getTime())).toBe('03:04:05');
    expect(formatClock(date.toISOString(), date.getTime() + 172_800_000)).toBe('2025-01-02 03:04:05');
    expect(formatClock('no time', 0)).toBe('no time');
  });

  it('waits longer after each failure, up to fifteen seconds, and never not at all', () => {
    expect([0, 1, 5, 1000].map((attempt) => backoffMs(attempt, 0))).toEqual([250, 500, 7500, 7500]);
    expect(backoffMs(1000, 0.999)).toBeLessThanOrEqual(15_000);
  });
});
