// What governance stopped, or a person should look at, in words; and what is the same again and again said once.
import { fieldOf } from '../../core/json-object.ts';
import { formatUsdApart, formatUsdLimit } from '../../core/ledger/money.ts';
import { grouped } from '../../core/thousands.ts';
import type { RecordedEvent } from './each-event.ts';

export interface NearMiss {
  /** The newest of them. */
  readonly seq: number;
  readonly ts: string;
  readonly first_ts: string;
  /** How many were the same but for numbers. */
  readonly count: number;
  readonly event_type: string;
  readonly agent_id: string | null;
  readonly run_id: string | null;
  readonly what: string;
}

const NEAR_MISS =
  /^(audit_flag_.*|tool_call_denied|llm_call_denied|run_denied|budget_paused|budget_warning|watchdog_.*|agent_paused|agent_killed|kill_switch|action_failed|action_unknown)$/;

/** Said already by the event that tells why. */
const SAID = new Set(['cap', 'watchdog']);

export function isNearMiss({ type, payload }: RecordedEvent): boolean {
  if (type === 'agent_paused' && SAID.has(String(payload['source']))) return false;
  if (type === 'run_paused') return payload['source'] === 'overspend';
  return NEAR_MISS.test(type);
}

/** Newest first, from events that come newest first. */
export class NearMisses {
  readonly #groups = new Map<string, NearMiss>();

  add({ seq, ts, type, agentId, runId, payload }: RecordedEvent): void {
    const what = describe(type, payload);
    const key = JSON.stringify([type, agentId, what.replaceAll(/\d[\d,.]*/g, '#')]);
    const newest = this.#groups.get(key);
    this.#groups.set(
      key,
      newest === undefined
        ? { seq, ts, first_ts: ts, count: 1, event_type: type, agent_id: agentId, run_id: runId, what }
        : { ...newest, first_ts: ts, count: newest.count + 1 },
    );
  }

  list(): readonly NearMiss[] {
    return [...this.#groups.values()];
  }
}

type Payload = RecordedEvent['payload'];

function describe(type: string, payload: Payload): string {
  if (type === 'budget_warning' && typeof payload['share'] === 'number')
    return `${capWords(payload)} at ${Math.round(payload['share'] * 100)} % of ${limit(payload, 'limit')}`;
  if (
    type === 'budget_paused' &&
    typeof payload['left'] === 'number' &&
    typeof payload['asked'] === 'number'
  ) {
    const [asked, left] = ofMoney(payload)
      ? formatUsdApart(payload['asked'], payload['left'])
      : [grouped(payload['asked']), grouped(payload['left'])];
    return `${capWords(payload)}: asked for ${asked}, ${left} of ${limit(payload, 'limit')} left${endWords(payload)}`;
  }
  if (type === 'budget_paused' && typeof payload['posted'] === 'number')
    return `${capWords(payload)}: ${limit(payload, 'posted')} of ${limit(payload, 'limit')} spent${endWords(payload)}`;
  if (type === 'kill_switch')
    return [payload['on'] === true ? 'on' : 'off', said(payload, 'reason')].filter(Boolean).join(': ');
  const subject = said(payload, 'tool') || said(payload, 'action_type') || said(payload, 'model');
  const why = whyOf(payload);
  return [subject, why].filter(Boolean).join(': ');
}

function whyOf(payload: Payload): string {
  const { reasons, detail } = payload;
  const first: unknown = Array.isArray(reasons) ? reasons[0] : undefined;
  if (typeof first === 'string') return first;
  const error = fieldOf(detail, 'error');
  if (typeof error === 'string') return error;
  for (const name of ['reason', 'problem', 'detail', 'cap']) {
    const text = said(payload, name);
    if (text !== '') return text;
  }
  return '';
}

/** "run_usd of the group night": without a word it is one of the run's or its agent's own. */
function capWords(payload: Payload): string {
  const [cap, owner] = [said(payload, 'cap'), said(payload, 'owner')];
  if (owner === 'group') return `${cap} of the group ${said(payload, 'group')}`;
  return owner === 'project' ? `${cap} of the project` : cap;
}

/** The event has the name of what usually comes of it. */
function endWords(payload: Payload): string {
  return payload['on_cap'] === 'end' ? '; the run was ended, not paused' : '';
}

/** Of a cap in dollars, money; else a count. */
function limit(payload: Payload, name: string): string {
  const value = payload[name];
  if (typeof value !== 'number') return '?';
  return ofMoney(payload) ? formatUsdLimit(value) : grouped(value);
}

function ofMoney(payload: Payload): boolean {
  return said(payload, 'cap').endsWith('_usd');
}

function said(payload: Payload, name: string): string {
  const value = payload[name];
  return typeof value === 'string' ? value : '';
}
