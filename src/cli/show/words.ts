// How values look on a terminal: money, counts, times and states. Text of agents always passes through `visibleLine`.
import { formatUsd } from '../../core/ledger/money.ts';
import { grouped } from '../../core/thousands.ts';
import { formatDuration } from '../../core/time.ts';
import type { Paint } from '../terminal.ts';

/** "$12.50", "$0.0042": as on the dashboard and in what is recorded. */
export const dollars = formatUsd;

/** "1,234,567". */
export const count: (value: number) => string = grouped;

/** "4 m ago"; "in 4 m" for what is to come. */
export function ago(time: string, nowMs: number): string {
  const ms = nowMs - Date.parse(time);
  return ms >= 0 ? `${formatDuration(ms)} ago` : `in ${formatDuration(-ms)}`;
}

/** Local date and time, to the second. */
export function localTime(time: string): string {
  const at = new Date(time);
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${day} ${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
}

/** Local time, to the second; with the day when that is not today. */
export function clockTime(time: string, nowMs: number): string {
  const full = localTime(time);
  const day = localTime(new Date(nowMs).toISOString()).slice(0, 10);
  return full.startsWith(day) ? full.slice(11) : full;
}

const GOOD = new Set(['ok', 'succeeded', 'approved', 'auto-approved', 'executed']);
const LIVE = new Set(['starting', 'running', 'executing']);
const WAITING = new Set(['warning', 'held', 'paused', 'pending', 'unknown']);

export function status(word: string, paint: Paint): string {
  if (GOOD.has(word)) return paint.green(word);
  if (LIVE.has(word)) return paint.cyan(word);
  if (WAITING.has(word)) return paint.yellow(word);
  return paint.red(word);
}

export function plural(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}
