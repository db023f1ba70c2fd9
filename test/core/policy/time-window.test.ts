import { describe, expect, it } from 'vitest';
import { localTime } from '../../../src/core/policy/local-time.ts';
import { isInWindow, parseTimeWindow } from '../../../src/core/policy/time-window.ts';

function isIn(text: string, at: string): boolean {
  const parsed = parseTimeWindow(text, 'UTC');
  if (parsed.result === 'invalid') throw new Error(parsed.problem);
  return isInWindow(parsed.window, Date.parse(at));
}

describe('a time window', () => {
  it.each([
    ['Mon-Fri 09:00-17:00 UTC', '2026-11-20T09:00:00Z', true],
    ['Mon-Fri 09:00-17:00 UTC', '2026-11-20T08:59:59.999Z', false],
    ['Mon-Fri 09:00-17:00 UTC', '2026-11-20T16:59:59.999Z', true],
    ['Mon-Fri 09:00-17:00 UTC', '2026-11-20T17:00:00Z', false],
    ['Mon-Fri 09:00-17:00 UTC', '2026-11-21T12:00:00Z', false],
    ['mon,wed-fri 09:00-17:00 UTC', '2026-11-17T12:00:00Z', false],
    ['Mon,Wed-Fri 09:00-17:00 UTC', '2026-11-18T12:00:00Z', true],
    ['Sat-Mon UTC', '2026-11-16T23:59:00Z', true],
    ['Sat-Mon UTC', '2026-11-17T00:00:00Z', false],
    ['09:00-17:00', '2026-11-21T12:00:00Z', true],
    ['Sun', '2026-11-22T12:00:00Z', true],
    ['Sun 00:00-24:00', '2026-11-22T23:59:59Z', true],
  ])('%s at %s: %j', (text, at, expected) => {
    expect(isIn(text, at)).toBe(expected);
  });

  it.each([
    ['Fri 22:00-06:00 UTC', '2026-11-20T22:00:00Z', true],
    ['Fri 22:00-06:00 UTC', '2026-11-21T05:59:59Z', true],
    ['Fri 22:00-06:00 UTC', '2026-11-21T06:00:00Z', false],
    ['Fri 22:00-06:00 UTC', '2026-11-20T05:00:00Z', false],
    ['Fri 22:00-06:00 UTC', '2026-11-21T22:30:00Z', false],
    ['Sat 22:00-06:00 UTC', '2026-11-22T01:00:00Z', true],
  ])('that passes midnight belongs to the day it begins on: %s at %s: %j', (text, at, expected) => {
    expect(isIn(text, at)).toBe(expected);
  });

  it.each([
    // Clocks go from 02:00 to 03:00 at 01:00Z.
    ['Sun 02:00-03:00 Europe/Berlin', '2026-03-29T00:59:59Z', false],
    ['Sun 02:00-03:00 Europe/Berlin', '2026-03-29T01:00:00Z', false],
    ['Sun 03:00-04:00 Europe/Berlin', '2026-03-29T01:00:00Z', true],
    // Clocks go from 03:00 back to 02:00 at 01:00Z: that hour is there twice.
    ['Sun 02:00-03:00 Europe/Berlin', '2026-10-25T00:00:00Z', true],
    ['Sun 02:00-03:00 Europe/Berlin', '2026-10-25T01:59:59Z', true],
    ['Sun 02:00-03:00 Europe/Berlin', '2026-10-25T02:00:00Z', false],
    // The same hour of work is another in UTC after the change.
    ['Mon-Fri 09:00-17:00 Europe/Berlin', '2026-03-27T08:00:00Z', true],
    ['Mon-Fri 09:00-17:00 Europe/Berlin', '2026-03-30T07:00:00Z', true],
    ['Mon-Fri 09:00-17:00 Europe/Berlin', '2026-03-27T07:00:00Z', false],
    // Half an hour of summer time, and a zone with quarters.
    ['Sun 02:00-02:30 Australia/Lord_Howe', '2026-10-03T15:29:59Z', false],
    ['Sun 02:30-03:00 Australia/Lord_Howe', '2026-10-03T15:30:00Z', true],
    ['Fri 00:00-00:15 Asia/Kathmandu', '2026-11-19T18:15:00Z', true],
    ['Fri 00:00-00:15 Asia/Kathmandu', '2026-11-19T18:14:59Z', false],
  ])('follows the clock of its zone: %s at %s: %j', (text, at, expected) => {
    expect(isIn(text, at)).toBe(expected);
  });

  it.each([
    ['2026-12-24..2027-01-02 Europe/Berlin', '2026-12-23T22:59:59Z', false],
    ['2026-12-24..2027-01-02 Europe/Berlin', '2026-12-23T23:00:00Z', true],
    ['2026-12-24..2027-01-02 Europe/Berlin', '2027-01-02T22:59:59Z', true],
    ['2026-12-24..2027-01-02 Europe/Berlin', '2027-01-02T23:00:00Z', false],
    ['2026-12-24 18:00 .. 2026-12-24 22:00 UTC', '2026-12-24T18:00:00Z', true],
    ['2026-12-24 18:00..2026-12-24 22:00', '2026-12-24T22:00:00Z', false],
    ['2026-12-24..2026-12-24', '2026-12-24T23:59:59Z', true],
  ])('of dates is one stretch, with its last day: %s at %s: %j', (text, at, expected) => {
    expect(isIn(text, at)).toBe(expected);
  });

  it.each([
    '',
    'never',
    'Mon-Fri 9:00-17:00',
    'Mon-Fri 09:00',
    'Mon- 09:00-17:00',
    'Mon-Tue-Wed',
    '09:00-17:00 Mon-Fri',
    'Mon 09:00-17:00 18:00-19:00 UTC',
    'Mon 09:00-17:00 +01:00',
    '2026-13-01..2026-12-01',
    '2026-12-01..',
    '2026-12-01..2026-12-02..2026-12-03',
    '2026-12-01 25:00..2026-12-02',
    '2026-12-02 10:00..2026-12-02 10:00',
  ])('is refused when it is impossible: %j', (text) => {
    expect(parseTimeWindow(text, 'UTC').result).toBe('invalid');
  });
});

describe('the clock of a zone', () => {
  it('is right before 1970 and on every quarter of an hour of a change', () => {
    expect(localTime(-1, 'UTC')).toEqual({ day: -1, weekday: 3, minute: (86_400_000 - 1) / 60_000 });
    const change = Date.parse('2026-03-29T01:00:00Z');
    const minutes = [-900_000, -1, 0, 900_000].map((by) =>
      Math.floor(localTime(change + by, 'Europe/Berlin').minute),
    );
    expect(minutes).toEqual([105, 119, 180, 195]);
  });
});
