// The periods of caps. Hours and days are rolling, counted in five-minute buckets, the oldest one whole: a window is never shorter
// than it says and at most five minutes longer. Months are calendar months in the project's time zone.
import { localTime } from '../policy/local-time.ts';

export const BUCKET_MS = 300_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

export function bucketOf(nowMs: number): number {
  return Math.floor(nowMs / BUCKET_MS);
}

/** The oldest bucket that still counts for a rolling period that ends now. */
export function windowStart(period: 'hour' | 'day', nowMs: number): number {
  return bucketOf(nowMs - (period === 'hour' ? HOUR_MS : DAY_MS));
}

/** "2026-11" in a time zone. */
export function monthOf(nowMs: number, timezone: string): string {
  return new Date(localTime(nowMs, timezone).day * DAY_MS).toISOString().slice(0, 7);
}
