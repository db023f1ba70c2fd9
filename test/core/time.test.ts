import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatDuration, parseDurationMs, parseRfc3339, toRfc3339 } from '../../src/core/time.ts';

describe('durations', () => {
  it.each([
    ['0s', 0],
    ['340ms', 340],
    ['90s', 90_000],
    [' 30m ', 1_800_000],
    ['12h', 43_200_000],
    ['3660d', 3660 * 86_400_000],
  ])('reads %j', (text, ms) => {
    expect(parseDurationMs(text)).toBe(ms);
  });

  it.each(['', '5', 's', '-1s', '1.5h', '1 h', '1h30m', '3661d', '999999999d', '1S', '0x10s', '١s'])(
    'does not read %j',
    (text) => {
      expect(parseDurationMs(text)).toBeNull();
    },
  );

  it.each([
    [0, '0 ms'],
    [340, '340 ms'],
    [999.4, '999 ms'],
    [999.6, '1.0 s'],
    [1_240, '1.2 s'],
    [9_949, '9.9 s'],
    [9_960, '10 s'],
    [59_499, '59 s'],
    [59_700, '1 m'],
    [60_000, '1 m'],
    [250_000, '4 m 10 s'],
    [3 * 3_600_000 + 5 * 60_000, '3 h 5 m'],
    [2 * 86_400_000 + 4 * 3_600_000, '2 d 4 h'],
  ])('says %d ms as "%s"', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });

  it('never says sixty seconds, sixty minutes or a thousand milliseconds', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 90_000_000, noNaN: true }), (ms) => {
        expect(formatDuration(ms)).not.toMatch(/\b(1000 ms|60 s|60 m|24 h)\b/);
      }),
      { seed: 1, numRuns: 2_000 },
    );
  });
});

describe('times', () => {
  it('reads back what it writes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 253_402_300_799_999 }), (ms) => {
        expect(parseRfc3339(toRfc3339(ms))).toBe(ms);
      }),
      { seed: 2 },
    );
  });

  it.each([
    ['2026-11-20T12:00:00Z', Date.UTC(2026, 10, 20, 12)],
    ['2026-11-20t12:00:00.5z', Date.UTC(2026, 10, 20, 12, 0, 0, 500)],
    ['2026-11-20T12:00:00+02:00', Date.UTC(2026, 10, 20, 10)],
    ['2028-02-29T00:00:00Z', Date.UTC(2028, 1, 29)],
  ])('reads %s', (text, ms) => {
    expect(parseRfc3339(text)).toBe(ms);
  });

  it.each([
    '2026-11-20',
    '2026-11-20T12:00:00',
    '2026-11-20 12:00:00Z',
    '2026-02-30T00:00:00Z',
    '2026-02-29T00:00:00Z',
    '2026-00-10T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-11-20T24:00:00Z',
    '2026-11-20T12:60:00Z',
    '2026-12-31T23:59:60Z',
    '2026-11-20T12:00:00+25:00',
    '+012026-11-20T12:00:00Z',
    '1e99',
  ])('does not read %j', (text) => {
    expect(parseRfc3339(text)).toBeNull();
  });
});
