// The periods of caps. Hours and days are rolling, counted in five-minute buckets, the oldest one whole: a window is never shorter
// than it says and at most five minutes longer. Months are calendar months in the project's time zone.

export const BUCKET_MS = 300_000;

export function bucketOf(nowMs: number): number {
  return Math.floor(nowMs / BUCKET_MS);
}

/** The oldest bucket that still counts for a rolling period that ends now. */
export function windowStart(period: 'hour' | 'day', nowMs: number): number {
  return bucketOf(nowMs - (period === 'hour' ? 3_600_000 : 86_400_000));
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** The last second that was asked about, by time zone: formatting costs more than everything else about a reservation's caps. */
const lastMonths = new Map<string, { readonly second: number; readonly month: string }>();

/** "2026-11" in a time zone. */
export function monthOf(nowMs: number, timezone: string): string {
  const second = Math.floor(nowMs / 1_000);
  const last = lastMonths.get(timezone);
  if (last?.second === second) return last.month;
  const month = formatMonth(nowMs, timezone);
  lastMonths.set(timezone, { second, month });
  return month;
}

function formatMonth(nowMs: number, timezone: string): string {
  let format = formats.get(timezone);
  if (format === undefined) {
    // Swedish writes dates as ISO 8601 does.
    format = new Intl.DateTimeFormat('sv-SE', {
      timeZone: timezone,
      calendar: 'iso8601',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
    });
    formats.set(timezone, format);
  }
  return format.format(nowMs).slice(0, 7);
}
