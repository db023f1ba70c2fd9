// Puts what an event says into one short line: its plain fields, the telling ones first, money as money.
import { amountField } from '../../core/audit/amount-field.ts';
import { cutText } from '../../core/cut-text.ts';
import { visibleLine } from '../../core/visible-text.ts';

const MOST_FIELDS = 4;
const LONGEST_VALUE = 60;
const FIRST = ['reason', 'status', 'action_type', 'tool', 'model', 'outcome', 'detail', 'cap', 'rule'];
const HASH = /^[0-9a-f]{64}$/;

export function eventSummary(payload: unknown): string {
  if (typeof payload !== 'object' || payload === null || Array.isArray(payload)) return '';
  const fields = Object.entries(payload).filter(([, value]) => isPlain(value));
  fields.sort(([a], [b]) => rank(a) - rank(b));
  // A reason often says what a field says too: "exit code 0".
  const said = new Set(fields.map(([key, value]) => field(key, value, payload)));
  return [...said].slice(0, MOST_FIELDS).join(' · ');
}

function field(key: string, value: unknown, payload: object): string {
  const amount = amountField(key, value, payload);
  if (amount !== null) return `${words(amount.key)} ${amount.text}`;
  const name = words(key);
  if (typeof value === 'string' && HASH.test(value)) return `${name} ${value.slice(0, 12)}`;
  const cut = cutText(visibleLine(String(value).replaceAll('\n', ' ')), LONGEST_VALUE);
  return key === 'reason' || key === 'status' ? cut : `${name} ${cut}`;
}

function words(key: string): string {
  return visibleLine(key.replaceAll('_', ' '));
}

function isPlain(value: unknown): boolean {
  return (typeof value === 'string' && value !== '') || typeof value === 'number' || value === true;
}

function rank(key: string): number {
  const at = FIRST.indexOf(key);
  return at === -1 ? FIRST.length : at;
}
