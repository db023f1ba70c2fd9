import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BUCKET_MS, bucketOf, monthOf, windowStart } from '../../../src/core/ledger/window.ts';

const time = fc.integer({ min: 0, max: 4_102_444_800_000 });
const LENGTH = { hour: 3_600_000, day: 86_400_000 } as const;

describe('a rolling window', () => {
  it.each(['hour', 'day'] as const)(
    'of an %s is never shorter than it says and at most five minutes longer',
    (period) => {
      fc.assert(
        fc.property(time, fc.integer({ min: 0, max: 2 * 86_400_000 }), (nowMs, agoMs) => {
          const counts = bucketOf(nowMs - agoMs) >= windowStart(period, nowMs);
          if (agoMs <= LENGTH[period]) expect(counts).toBe(true);
          if (agoMs >= LENGTH[period] + BUCKET_MS) expect(counts).toBe(false);
        }),
        { seed: 1, numRuns: 2_000 },
      );
    },
  );

  it('never opens again as time goes on', () => {
    fc.assert(
      fc.property(time, fc.nat(BUCKET_MS), (nowMs, step) => {
        expect(windowStart('hour', nowMs + step)).toBeGreaterThanOrEqual(windowStart('hour', nowMs));
      }),
      { seed: 2 },
    );
  });
});

describe('a month', () => {
  it.each([
    ['2026-11-30T23:59:59.999Z', 'UTC', '2026-11'],
    ['2026-12-01T00:00:00.000Z', 'UTC', '2026-12'],
    ['2026-11-30T22:59:59.999Z', 'Europe/Berlin', '2026-11'],
    ['2026-11-30T23:00:00.000Z', 'Europe/Berlin', '2026-12'],
    ['2026-07-31T21:59:59.999Z', 'Europe/Berlin', '2026-07'],
    ['2026-07-31T22:00:00.000Z', 'Europe/Berlin', '2026-08'],
    ['2026-12-31T23:59:59.999Z', 'America/Los_Angeles', '2026-12'],
    ['2027-01-01T07:59:59.999Z', 'America/Los_Angeles', '2026-12'],
    ['2027-01-01T08:00:00.000Z', 'America/Los_Angeles', '2027-01'],
    ['2026-12-31T09:59:59.999Z', 'Pacific/Kiritimati', '2026-12'],
    ['2026-12-31T10:00:00.000Z', 'Pacific/Kiritimati', '2027-01'],
    ['2026-10-31T18:29:59.999Z', 'Asia/Kolkata', '2026-10'],
    ['2026-10-31T18:30:00.000Z', 'Asia/Kolkata', '2026-11'],
    // The night of 1 November 2026 is an hour longer in New York: the month has begun before the clock goes back.
    ['2026-11-01T03:59:59.999Z', 'America/New_York', '2026-10'],
    ['2026-11-01T04:00:00.000Z', 'America/New_York', '2026-11'],
    ['2026-11-01T06:30:00.000Z', 'America/New_York', '2026-11'],
  ])('at %s in %s is %s', (time, zone, month) => {
    expect(monthOf(Date.parse(time), zone)).toBe(month);
  });

  it('never goes back as time goes on, in any zone, and sorts as text', () => {
    const zones = fc.constantFrom(
      'UTC',
      'Europe/Berlin',
      'America/New_York',
      'Australia/Lord_Howe',
      'Asia/Tehran',
    );
    fc.assert(
      fc.property(time, fc.nat(40 * 86_400_000), zones, (nowMs, step, zone) => {
        expect(monthOf(nowMs, zone)).toMatch(/^\d{4}-(0[1-9]|1[0-2])$/);
        expect(monthOf(nowMs + step, zone) >= monthOf(nowMs, zone)).toBe(true);
      }),
      { seed: 3, numRuns: 1_000 },
    );
  });
});
