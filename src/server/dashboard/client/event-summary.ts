// Puts what an event says into one line: its plain fields, money written as money, nothing nested. The full payload
// is always one click away, so this may leave things out.
import { amountField } from '../../../core/audit/amount-field.ts';
import { cutText } from '../../../core/cut-text.ts';

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

export function eventSummary(payload: unknown): string {
  if (payload === null || payload === undefined) return '';
  if (typeof payload !== 'object') return cutText(String(payload), LONGEST_VALUE);
  if (Array.isArray(payload)) return `${payload.length} items`;
  const fields = Object.entries(payload).filter(
    ([key, value]) => isPlain(value) && !isMoneyTwin(key, payload),
  );
  fields.sort(([a], [b]) => rank(a) - rank(b));
  return fields
    .slice(0, MOST_FIELDS)
    .map(([key, value]) => field(key, value, payload))
    .join(' · ');
}

function field(key: string, value: unknown, payload: object): string {
  const amount = amountField(key, value, payload);
  return amount === null
    ? `${words(key)} ${cutText(String(value), LONGEST_VALUE)}`
    : `${words(amount.key)} ${amount.text}`;
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
