import fc from 'fast-check';
import { expect, it } from 'vitest';
import { clockBehindMs, clockWarnings } from '../../src/core/clock-behind.ts';

const EVENT_MS = Date.UTC(2026, 10, 21, 13, 0, 5);

it('says until when time stands still, in words that stay the same while it does', () => {
  const said = clockWarnings(EVENT_MS - 3_600_000, EVENT_MS);
  expect(said).toHaveLength(1);
  expect(said[0]).toContain('stands still until 2026-11-21 13:00:05 UTC');
  expect(clockWarnings(EVENT_MS - 60_000, EVENT_MS)).toEqual(said);
});

it('warns exactly when it is noticeably behind, whatever the two say', () => {
  const ms = fc.integer({ min: 0, max: 4e12 });
  fc.assert(
    fc.property(ms, ms, (nowMs, eventMs) => {
      const behindMs = clockBehindMs(nowMs, eventMs);
      expect(behindMs).toBe(eventMs - nowMs >= 2_000 ? eventMs - nowMs : 0);
      expect(clockWarnings(nowMs, eventMs)).toHaveLength(behindMs > 0 ? 1 : 0);
    }),
  );
});
