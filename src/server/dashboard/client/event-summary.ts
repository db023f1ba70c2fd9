// Puts what an event says into one line: its plain fields, money written as money, nothing nested. The full payload
// is always one click away, so this may leave things out.
import { formatMicroUsd } from './money.ts';

const MOST_FIELDS = 4;
const LONGEST_VALUE = 80;
const FIRST = ['reason', 'detail', 'action_type', 'tool', 'model', 'decision', 'outcome', 'status', 'rule'];

export function eventSummary(payload: unknown): string {
  if (payload === null || payload === undefined) return '';
  if (typeof payload !== 'object') return shorten(String(payload));
  if (Array.isArray(payload)) return `${payload.length} items`;
  const fields = Object.entries(payload).filter(
    ([key, value]) => isPlain(value) && !isMoneyTwin(key, payload),
  );
  fields.sort(([a], [b]) => rank(a) - rank(b));
  return fields
    .slice(0, MOST_FIELDS)
    .map(([key, value]) => field(key, value))
    .join(' · ');
}

function field(key: string, value: unknown): string {
  if (key.endsWith('_micro_usd') && typeof value === 'number') {
    return `${words(key.slice(0, -'_micro_usd'.length))} ${formatMicroUsd(value)}`;
  }
  return `${words(key)} ${shorten(String(value))}`;
}

function isPlain(value: unknown): boolean {
  return (
    (typeof value === 'string' && value !== '') || typeof value === 'number' || typeof value === 'boolean'
  );
}

function isMoneyTwin(key: string, payload: object): boolean {
  return key.endsWith('_usd') && Object.hasOwn(payload, `${key.slice(0, -'_usd'.length)}_micro_usd`);
}

function rank(key: string): number {
  const at = FIRST.indexOf(key);
  return at === -1 ? FIRST.length : at;
}

function words(key: string): string {
  return key.replaceAll('_', ' ');
}

function shorten(text: string): string {
  if (text.length <= LONGEST_VALUE) return text;
  // Never half of a character at the cut.
  return `${text.slice(0, LONGEST_VALUE).replace(/[\uD800-\uDBFF]$/, '')}…`;
}
