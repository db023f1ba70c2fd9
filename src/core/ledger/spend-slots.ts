// The slots that spend over time is shown in: the last 24 whole hours, or the last 30 days of the project's time zone, the newest one
// still running. Slots follow each other without a gap, so that nothing is left out or counted twice.
import { localTime } from '../policy/local-time.ts';

export type SlotLength = 'hour' | 'day';

export interface SpendSlot {
  readonly fromMs: number;
  /** Not inside any more. */
  readonly toMs: number;
}

const HOURS = 24;
const DAYS = 30;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

/** Oldest first. Each begins on a whole five minutes, as buckets do: no time zone is off by less than a quarter of an hour. */
export function spendSlots(length: SlotLength, nowMs: number, timezone: string): readonly SpendSlot[] {
  const starts = length === 'hour' ? hourStarts(nowMs) : dayStarts(nowMs, timezone);
  return starts.slice(0, -1).map((fromMs, index) => ({ fromMs, toMs: starts[index + 1] ?? fromMs }));
}

function hourStarts(nowMs: number): number[] {
  const next = (Math.floor(nowMs / HOUR_MS) + 1) * HOUR_MS;
  return Array.from({ length: HOURS + 1 }, (_, index) => next - (HOURS - index) * HOUR_MS);
}

function dayStarts(nowMs: number, timezone: string): number[] {
  const starts = [dayStart(dayStart(nowMs, timezone) + 1.5 * DAY_MS, timezone)];
  while (starts.length <= DAYS) starts.push(dayStart((starts.at(-1) ?? nowMs) - DAY_MS / 2, timezone));
  return starts.reverse();
}

/** Local midnight, or the first moment of a day that has none because the clocks went forward. */
function dayStart(nowMs: number, timezone: string): number {
  const { day, minute } = localTime(nowMs, timezone);
  const guess = nowMs - minute * 60_000;
  const there = localTime(guess, timezone);
  // The clocks were changed since midnight.
  if (there.day === day) return Math.round(guess - there.minute * 60_000);
  return Math.round(guess + (1_440 - there.minute) * 60_000);
}
