// What of an event's payload is an amount, of money or of a count, and how it is written: the same in the terminal and on the dashboard.
import { formatUsd, formatUsdLimit } from '../ledger/money.ts';
import { grouped } from '../thousands.ts';

export interface AmountField {
  /** Without its unit, which stands in the text. */
  readonly key: string;
  readonly text: string;
}

/** Micro-dollars when the cap beside them is one in dollars, else counts. */
const OF_A_CAP = new Set(['limit', 'was', 'from', 'posted', 'reserved', 'asked', 'left']);
/** What is decided on, and stands in full. */
const LIMITS = new Set(['limit', 'was', 'from', 'usd_micro_usd']);
const UNIT = '_micro_usd';

/** One field of `payload`; null when it is no amount. */
export function amountField(key: string, value: unknown, payload: object): AmountField | null {
  if (typeof value !== 'number') return null;
  if (OF_A_CAP.has(key)) return { key, text: isOfMoneyCap(payload) ? money(key, value) : grouped(value) };
  return key.endsWith(UNIT) ? { key: key.slice(0, -UNIT.length), text: money(key, value) } : null;
}

function isOfMoneyCap(payload: object): boolean {
  const cap: unknown = Reflect.get(payload, 'cap');
  return typeof cap === 'string' && cap.endsWith('_usd');
}

function money(key: string, value: number): string {
  return LIMITS.has(key) ? formatUsdLimit(value) : formatUsd(value);
}
