// The wall clock of a time zone at a moment, summer time included.

export interface LocalTime {
  /** Days since 1970-01-01 on that wall clock. */
  readonly day: number;
  /** 0 is Sunday. */
  readonly weekday: number;
  /** Minutes since local midnight, with a fraction. */
  readonly minute: number;
}

const DAY_MS = 86_400_000;
/** Clocks are changed on quarters of an hour. */
const STEP_MS = 900_000;
/** Needs no formatter: making the first one takes a process ten milliseconds. */
const UTC = 'UTC';

interface Zone {
  readonly format: Intl.DateTimeFormat;
  step: number;
  offsetMs: number;
}

const zones = new Map<string, Zone>();

export function isTimezone(name: string): boolean {
  if (name === UTC) return true;
  // An offset such as "+01:00" is no zone: it knows no summer time.
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    zoneOf(name);
    return true;
  } catch (cause) {
    if (cause instanceof RangeError) return false;
    throw cause;
  }
}

export function localTime(nowMs: number, timezone: string): LocalTime {
  const wallMs = nowMs + offsetMs(nowMs, timezone);
  const day = Math.floor(wallMs / DAY_MS);
  return { day, weekday: (((day + 4) % 7) + 7) % 7, minute: (wallMs - day * DAY_MS) / 60_000 };
}

/** What is added to UTC. Asking a formatter is slow, and the last answer holds for a quarter of an hour. */
function offsetMs(nowMs: number, timezone: string): number {
  if (timezone === UTC) return 0;
  const zone = zoneOf(timezone);
  const step = Math.floor(nowMs / STEP_MS);
  if (zone.step !== step) {
    zone.offsetMs = wallClockMs(zone.format, step * STEP_MS) - step * STEP_MS;
    zone.step = step;
  }
  return zone.offsetMs;
}

function zoneOf(timezone: string): Zone {
  let zone = zones.get(timezone);
  if (zone === undefined) {
    const format = new Intl.DateTimeFormat('en-US', {
      timeZone: timezone,
      calendar: 'iso8601',
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    zone = { format, step: Number.NaN, offsetMs: 0 };
    zones.set(timezone, zone);
  }
  return zone;
}

/** The time on the wall as if it were UTC. */
function wallClockMs(format: Intl.DateTimeFormat, nowMs: number): number {
  const parts: Record<string, number> = {};
  for (const { type, value } of format.formatToParts(nowMs)) parts[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  return Date.UTC(year, month - 1, day, hour, minute, second);
}
