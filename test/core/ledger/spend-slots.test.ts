import fc from 'fast-check';
import { expect, it } from 'vitest';
import { spendSlots } from '../../../src/core/ledger/spend-slots.ts';
import { BUCKET_MS } from '../../../src/core/ledger/window.ts';
import { localTime } from '../../../src/core/policy/local-time.ts';

const ZONES = [
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'Asia/Kolkata',
  'Asia/Kathmandu',
  'Australia/Lord_Howe',
  'America/Santiago',
  'Africa/Cairo',
  'Pacific/Apia',
];
const MOMENTS = fc.integer({ min: Date.UTC(2024, 0, 1), max: Date.UTC(2030, 0, 1) });

it('ends with the slot that holds this moment, and leaves no gap and no overlap before it', () => {
  fc.assert(
    fc.property(
      MOMENTS,
      fc.constantFrom(...ZONES),
      fc.constantFrom('hour', 'day'),
      (nowMs, timezone, length) => {
        const slots = spendSlots(length, nowMs, timezone);
        expect(slots).toHaveLength(length === 'hour' ? 24 : 30);
        const last = slots.at(-1);
        expect(last !== undefined && last.fromMs <= nowMs && nowMs < last.toMs).toBe(true);
        for (const [index, slot] of slots.entries()) {
          expect(slot.fromMs % BUCKET_MS).toBe(0);
          expect(slot.toMs).toBeGreaterThan(slot.fromMs);
          if (index > 0) expect(slot.fromMs).toBe(slots[index - 1]?.toMs);
        }
      },
    ),
  );
});

it('makes a slot of each day on the wall, whatever its length', () => {
  fc.assert(
    fc.property(MOMENTS, fc.constantFrom(...ZONES), (nowMs, timezone) => {
      const slots = spendSlots('day', nowMs, timezone);
      const today = localTime(nowMs, timezone).day;
      expect(slots.map(({ fromMs }) => localTime(fromMs, timezone).day)).toEqual(
        slots.map((_, index) => today - (slots.length - 1 - index)),
      );
      expect(slots.map(({ toMs }) => localTime(toMs - 1, timezone).day)).toEqual(
        slots.map((_, index) => today - (slots.length - 1 - index)),
      );
    }),
  );
});

it('gives the day that the clocks go back twenty-five hours', () => {
  const slots = spendSlots('day', Date.UTC(2026, 9, 26, 12), 'Europe/Berlin');
  const hours = slots.map(({ fromMs, toMs }) => (toMs - fromMs) / 3_600_000);
  expect(hours.slice(-3)).toEqual([24, 25, 24]);
});
