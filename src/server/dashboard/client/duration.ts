// Writes times and spans for a person. Spans are floored, so that "1 min left" is never less than a minute.

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** `2 d 3 h`, `1 h 05 min`, `4 min 09 s`, `8 s`; a negative span counts as none. */
export function formatSpan(spanMs: number): string {
  const ms = Math.max(0, spanMs);
  if (ms >= DAY_MS) return `${Math.floor(ms / DAY_MS)} d ${Math.floor((ms % DAY_MS) / HOUR_MS)} h`;
  if (ms >= HOUR_MS) return `${Math.floor(ms / HOUR_MS)} h ${two((ms % HOUR_MS) / MINUTE_MS)} min`;
  if (ms >= MINUTE_MS) return `${Math.floor(ms / MINUTE_MS)} min ${two((ms % MINUTE_MS) / SECOND_MS)} s`;
  return `${Math.floor(ms / SECOND_MS)} s`;
}

export type Urgency = 'calm' | 'soon' | 'now' | 'over';

export function urgencyOf(leftMs: number): Urgency {
  if (leftMs <= 0) return 'over';
  if (leftMs <= MINUTE_MS) return 'now';
  if (leftMs <= 10 * MINUTE_MS) return 'soon';
  return 'calm';
}

/** `just now`, `8 s ago`, `4 min ago`, `3 h ago`, `2 d ago`. */
export function formatAge(ageMs: number): string {
  if (ageMs < SECOND_MS) return 'just now';
  if (ageMs < MINUTE_MS) return `${Math.floor(ageMs / SECOND_MS)} s ago`;
  if (ageMs < HOUR_MS) return `${Math.floor(ageMs / MINUTE_MS)} min ago`;
  if (ageMs < DAY_MS) return `${Math.floor(ageMs / HOUR_MS)} h ago`;
  return `${Math.floor(ageMs / DAY_MS)} d ago`;
}

/** The time of day where the reader sits, `14:03:09`, with the date when it is not the day of `nowMs`. */
export function formatClock(iso: string, nowMs: number): string {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return iso;
  const clock = `${pad(date.getHours())}:${pad(date.getMinutes())}:${pad(date.getSeconds())}`;
  if (date.toDateString() === new Date(nowMs).toDateString()) return clock;
  return `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())} ${clock}`;
}

function two(value: number): string {
  return pad(Math.floor(value));
}

function pad(value: number): string {
  return String(value).padStart(2, '0');
}
