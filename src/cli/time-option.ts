// Times as options: RFC 3339, a plain date, or how long ago ("12h"); for what is to come, how long from now, or a time of day. A date and a
// time of day are meant where the person sits, as all times are shown there.
import { InputError } from '../core/fault.ts';
import { parseDurationMs, parseRfc3339 } from '../core/time.ts';

/** Milliseconds since the epoch. */
export function timeOption(name: string, text: string, nowMs: number): number {
  const ago = parseDurationMs(text);
  if (ago !== null) return nowMs - ago;
  const at = dateOrTime(text);
  if (at !== null) return at;
  throw new InputError({
    code: 'usage',
    message: `${name} ${JSON.stringify(text)} is no time`,
    hint: 'write 2026-11-20, 2026-11-20T12:00:00Z, or how long ago: 90s, 30m, 12h, 7d',
  });
}

/** The same for where something began, which is over. */
export function sinceOption(name: string, text: string, nowMs: number): number {
  const at = timeOption(name, text, nowMs);
  if (at <= nowMs) return at;
  throw new InputError({
    code: 'usage',
    message: `${name} ${JSON.stringify(text)} is still to come, so nothing happened since then`,
    hint: 'write a time that is over, or how long ago: 90s, 30m, 12h, 7d',
  });
}

/** A date is the beginning of that day. */
function dateOrTime(text: string): number | null {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return parseRfc3339(text);
  // Whether there is such a day is not for Date.parse to say: it takes the 30th of February for the 2nd of March.
  return parseRfc3339(`${text}T00:00:00Z`) === null ? null : Date.parse(`${text}T00:00:00`);
}

const TIME_OF_DAY = /^([01]?\d|2[0-3]):([0-5]\d)$/;

/** Milliseconds since the epoch: "2h" from now, the next "18:00", a date, or a time. */
export function untilOption(name: string, text: string, nowMs: number): number {
  const ahead = parseDurationMs(text);
  if (ahead !== null) return nowMs + ahead;
  const clock = TIME_OF_DAY.exec(text);
  if (clock === null) {
    const at = dateOrTime(text);
    if (at !== null) return at;
    throw new InputError({
      code: 'usage',
      message: `${name} ${JSON.stringify(text)} is no time to come`,
      hint: 'write 18:00, 2h, 30m, 7d, 2026-11-20, or 2026-11-20T18:00:00Z',
    });
  }
  const at = new Date(nowMs);
  at.setHours(Number(clock[1]), Number(clock[2]), 0, 0);
  if (at.getTime() <= nowMs) at.setDate(at.getDate() + 1);
  return at.getTime();
}

export function countOption(name: string, text: string, most: number): number {
  const count = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (count >= 1 && count <= most) return count;
  throw new InputError({
    code: 'usage',
    message: `${name} ${JSON.stringify(text)} is not a number from 1 to ${most}`,
    hint: `write for example ${name} 50`,
  });
}
