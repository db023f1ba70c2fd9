// Puts what an event says into one line: its plain fields, money written as money, nothing nested. The full payload
// is always one click away, so this may leave things out.
import { cutText } from '../../../core/cut-text.ts';
import { formatCount, formatLimit, formatSpent } from './money.ts';

const MOST_FIELDS = 4;
const LONGEST_VALUE = 80;
const FIRST = [
  'reason',
  'detail',
  'action_type',
  'tool',
  'model',
  'decision',
  'outcome',
  'status',
  'cap',
  'rule',
];
/** Micro-dollars when the cap beside them is one in dollars, else counts. */
const OF_A_CAP = new Set(['limit', 'was', 'from', 'posted', 'reserved', 'asked', 'left']);
const LIMITS = new Set(['limit', 'was', 'from', 'usd_micro_usd']);

export function eventSummary(payload: unknown): string {
  if (payload === null || payload === undefined) return '';
  if (typeof payload !== 'object') return cutText(String(payload), LONGEST_VALUE);
  if (Array.isArray(payload)) return `${payload.length} items`;
  const fields = Object.entries(payload).filter(
    ([key, value]) => isPlain(value) && !isMoneyTwin(key, payload),
  );
  const cap: unknown = Reflect.get(payload, 'cap');
  const isMoney = typeof cap === 'string' && cap.endsWith('_usd');
  fields.sort(([a], [b]) => rank(a) - rank(b));
  return fields
    .slice(0, MOST_FIELDS)
    .map(([key, value]) => field(key, value, isMoney))
    .join(' · ');
}

function field(key: string, value: unknown, isOfMoneyCap: boolean): string {
  if (OF_A_CAP.has(key) && typeof value === 'number')
    return `${words(key)} ${isOfMoneyCap ? money(key, value) : formatCount(value)}`;
  if (key.endsWith('_micro_usd') && typeof value === 'number') {
    return `${words(key.slice(0, -'_micro_usd'.length))} ${money(key, value)}`;
  }
  return `${words(key)} ${cutText(String(value), LONGEST_VALUE)}`;
}

function money(key: string, value: number): string {
  return LIMITS.has(key) ? formatLimit(value) : formatSpent(value);
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
