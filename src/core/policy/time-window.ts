// When something may happen: days and hours of the week ("Mon-Fri 09:00-17:00 Europe/Berlin") or one stretch of dates
// ("2026-12-24 18:00..2027-01-02 Europe/Berlin"), on the wall clock of a time zone. Beginnings are inside, ends outside; hours that
// pass midnight belong to the day they begin on.
import { isTimezone, localTime } from './local-time.ts';

export type TimeWindow = WeeklyWindow | DateWindow;

interface WeeklyWindow {
  readonly kind: 'weekly';
  readonly text: string;
  readonly timezone: string;
  /** By weekday, 0 is Sunday. */
  readonly days: readonly boolean[];
  /** Minutes since midnight; an end before the beginning is on the next day. */
  readonly from: number;
  readonly to: number;
}

interface DateWindow {
  readonly kind: 'dates';
  readonly text: string;
  readonly timezone: string;
  /** Minutes since 1970-01-01 00:00 on the wall clock. */
  readonly from: number;
  readonly to: number;
}

export type ParsedTimeWindow =
  | { readonly result: 'window'; readonly window: TimeWindow }
  | { readonly result: 'invalid'; readonly problem: string };

const DAY_NAMES = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const EVERY_DAY: readonly boolean[] = DAY_NAMES.map(() => true);
const DAY_MINUTES = 1_440;

export function isInWindow(window: TimeWindow, nowMs: number): boolean {
  const { day, weekday, minute } = localTime(nowMs, window.timezone);
  const { from, to } = window;
  if (window.kind === 'dates') {
    const now = day * DAY_MINUTES + minute;
    return now >= from && now < to;
  }
  const today = window.days[weekday] === true;
  if (from < to) return today && minute >= from && minute < to;
  const yesterday = window.days[(weekday + 6) % 7] === true;
  return (today && minute >= from) || (yesterday && minute < to);
}

/** `timezone` holds where the text names none. */
export function parseTimeWindow(text: string, timezone: string): ParsedTimeWindow {
  const words = text.trim().split(/\s+/);
  const last = words.at(-1) ?? '';
  const hasZone = words.length > 1 && /^[A-Za-z]/.test(last) && daysOf(last) === null;
  if (hasZone && !isTimezone(last)) return invalid(`${JSON.stringify(last)} is no time zone`);
  const zone = hasZone ? last : timezone;
  const rest = hasZone ? words.slice(0, -1) : words;
  return text.includes('..') ? parseDates(text, rest.join(' '), zone) : parseWeekly(text, rest, zone);
}

function parseWeekly(text: string, words: readonly string[], timezone: string): ParsedTimeWindow {
  const [first = '', second, ...more] = words;
  if (more.length > 0) return invalid('it has too many parts');
  const hoursFirst = /^\d/.test(first);
  if (hoursFirst && second !== undefined) return invalid('days come before hours');
  const days = hoursFirst ? EVERY_DAY : daysOf(first);
  if (days === null) return invalid(`${JSON.stringify(first)} names no days`);
  const hours = hoursFirst ? first : second;
  const range = hours === undefined ? ([0, DAY_MINUTES] as const) : hoursOf(hours);
  if (typeof range === 'string') return invalid(range);
  const [from, to] = range;
  return { result: 'window', window: { kind: 'weekly', text, timezone, days, from, to } };
}

/** "Mon", "Mon-Fri", "Sat-Mon", "Mon,Wed-Fri". */
function daysOf(text: string): readonly boolean[] | null {
  const days = DAY_NAMES.map(() => false);
  for (const part of text.toLowerCase().split(',')) {
    const [from = '', to = from, ...more] = part.split('-');
    const first = DAY_NAMES.indexOf(from);
    const last = DAY_NAMES.indexOf(to);
    if (first < 0 || last < 0 || more.length > 0) return null;
    for (let day = first; ; day = (day + 1) % 7) {
      days[day] = true;
      if (day === last) break;
    }
  }
  return days;
}

function hoursOf(text: string): readonly [number, number] | string {
  const match = /^(\d{2}:\d{2})-(\d{2}:\d{2})$/.exec(text);
  if (match === null) return `${JSON.stringify(text)} are no hours`;
  const from = minuteOf(match[1] ?? '');
  const to = minuteOf(match[2] ?? '');
  if (from === null || to === null || from === DAY_MINUTES)
    return `${JSON.stringify(text)} has an impossible time`;
  return from === to ? `${JSON.stringify(text)} ends when it begins` : [from, to];
}

function minuteOf(text: string): number | null {
  const [hours = 0, minutes = 0] = text.split(':').map(Number);
  const minute = hours * 60 + minutes;
  return minutes < 60 && minute <= DAY_MINUTES ? minute : null;
}

function parseDates(text: string, dates: string, timezone: string): ParsedTimeWindow {
  const [first = '', second = '', ...more] = dates.split('..').map((part) => part.trim());
  if (more.length > 0) return invalid('it has more than one ".."');
  const from = dateMinute(first);
  const to = dateMinute(second);
  if (from === null) return invalid(`${JSON.stringify(first)} is no date`);
  if (to === null) return invalid(`${JSON.stringify(second)} is no date`);
  // A date alone is the whole day, at the end too.
  const end = second.includes(':') ? to : to + DAY_MINUTES;
  if (from >= end) return invalid('it ends before it begins');
  return { result: 'window', window: { kind: 'dates', text, timezone, from, to: end } };
}

function dateMinute(text: string): number | null {
  const match = /^(\d{4})-(\d{2})-(\d{2})(?: (\d{2}:\d{2}))?$/.exec(text);
  if (match === null) return null;
  const [, year, month, day, time = '00:00'] = match;
  const date = `${year}-${month}-${day}`;
  const ms = Date.parse(`${date}T00:00:00Z`);
  // A day that its month lacks is taken for one of the next month.
  if (Number.isNaN(ms) || new Date(ms).toISOString().slice(0, 10) !== date) return null;
  const minute = minuteOf(time);
  return minute === null ? null : ms / 60_000 + minute;
}

function invalid(problem: string): ParsedTimeWindow {
  return { result: 'invalid', problem };
}
