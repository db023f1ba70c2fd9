// Puts what an event says into one short line: its plain fields, the telling ones first, money as money.
import { cutText } from '../../core/cut-text.ts';
import { formatUsdLimit } from '../../core/ledger/money.ts';
import { visibleLine } from '../../core/visible-text.ts';
import { count, dollars } from './words.ts';

const MOST_FIELDS = 4;
const LONGEST_VALUE = 60;
const FIRST = ['reason', 'status', 'action_type', 'tool', 'model', 'outcome', 'detail', 'cap', 'rule'];
/** Micro-dollars when the cap beside them is one in dollars, else counts. */
const OF_A_CAP = new Set(['limit', 'was', 'from', 'posted', 'reserved', 'asked', 'left']);
const LIMITS = new Set(['limit', 'was', 'from', 'usd_micro_usd']);
const HASH = /^[0-9a-f]{64}$/;

export function eventSummary(payload: unknown): string {
  if (typeof payload !== 'object' || payload === null || Array.isArray(payload)) return '';
  const fields = Object.entries(payload).filter(([, value]) => isPlain(value));
  fields.sort(([a], [b]) => rank(a) - rank(b));
  const cap: unknown = Reflect.get(payload, 'cap');
  const isMoney = typeof cap === 'string' && cap.endsWith('_usd');
  // A reason often says what a field says too: "exit code 0".
  const said = new Set(fields.map(([key, value]) => field(key, value, isMoney)));
  return [...said].slice(0, MOST_FIELDS).join(' · ');
}

function field(key: string, value: unknown, isOfMoneyCap: boolean): string {
  const name = visibleLine(key.replaceAll('_', ' '));
  if (OF_A_CAP.has(key) && typeof value === 'number')
    return `${name} ${isOfMoneyCap ? money(key, value) : count(value)}`;
  if (key.endsWith('_micro_usd') && typeof value === 'number')
    return `${name.slice(0, -' micro usd'.length)} ${money(key, value)}`;
  if (typeof value === 'string' && HASH.test(value)) return `${name} ${value.slice(0, 12)}`;
  const cut = cutText(visibleLine(String(value).replaceAll('\n', ' ')), LONGEST_VALUE);
  return key === 'reason' || key === 'status' ? cut : `${name} ${cut}`;
}

function money(key: string, value: number): string {
  return LIMITS.has(key) ? formatUsdLimit(value) : dollars(value);
}

function isPlain(value: unknown): boolean {
  return (typeof value === 'string' && value !== '') || typeof value === 'number' || value === true;
}

function rank(key: string): number {
  const at = FIRST.indexOf(key);
  return at === -1 ? FIRST.length : at;
}
