// How a limit and what counts against it is said to a person: money as money, anything else as a count with its unit in words.

import { grouped } from '../thousands.ts';
import type { CapUnit } from './caps.ts';
import { formatUsdLimit, formatUsdOf } from './money.ts';

const UNITS: Readonly<Record<Exclude<CapUnit, 'usd'>, readonly [one: string, many: string]>> = {
  tokens: ['token', 'tokens'],
  llm_calls: ['model call', 'model calls'],
  tool_calls: ['tool call', 'tool calls'],
};

/** "$0.50", "$0.025", "1,333 tokens", "1 model call". */
export function amountText(amount: number, unit: CapUnit): string {
  if (unit === 'usd') return formatUsdLimit(amount);
  const [one, many] = UNITS[unit];
  return `${grouped(amount)} ${amount === 1 ? one : many}`;
}

/** What counts against a limit or is left of it, without the unit, which stands with the limit: "$0.40", "1,333". */
export function amountOf(amount: number, limit: number, unit: CapUnit): string {
  return unit === 'usd' ? formatUsdOf(amount, limit) : grouped(amount);
}

const STEPS = [10, 12, 15, 20, 25, 30, 40, 50, 60, 80, 100];

/** A limit that a person would write: at least so much, and at most a third more. */
export function roundLimit(atLeast: number): number {
  if (atLeast < 10) return atLeast;
  let unit = 1;
  while (unit * 100 <= atLeast) unit *= 10;
  return STEPS.map((step) => step * unit).find((limit) => limit >= atLeast) ?? atLeast;
}
