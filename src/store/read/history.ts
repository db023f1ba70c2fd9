// Reads what happened, oldest first, for a replay: the events that judged an action or moved money, with the payloads that were judged.
// Read in short pages, since one payload can be a megabyte.

import type { Store } from '../open.ts';
import type { CapRaise } from './ledger.ts';
import type { ProposalRow } from './proposals.ts';
import { quotedList } from './quoted-list.ts';

export interface HistoryRow {
  readonly seq: number;
  readonly at_ms: number;
  readonly event_type: string;
  readonly agent_id: string | null;
  readonly run_id: string | null;
  readonly proposal_id: string | null;
  /** The event's payload as JSON; null when it was purged, and for proposals, whose facts stand in the columns below. */
  readonly facts: string | null;
  /** What was judged, before a person edited it, as JSON; null when no proposal of this event is kept. */
  readonly judged_payload: string | null;
  readonly action_type: string | null;
  readonly reversible: number | null;
  readonly requires_approval: number | null;
  readonly expected_cost_micro_usd: number | null;
  readonly effect: ProposalRow['effect'] | null;
  readonly rule: string | null;
  /** 1 for a proposal that a held tool call became: the call has an event of its own. */
  readonly is_held_call: number;
}

/** Events that say how an action was judged. */
const JUDGED_EVENTS = [
  'proposal_submitted',
  'tool_call_allowed',
  'tool_call_held',
  'tool_call_denied',
  'llm_call_reserved',
  'llm_call_denied',
  'run_started',
  'run_denied',
] as const;

/** Events that end a wait or move money. */
const FOLLOWING_EVENTS = [
  'proposal_decided',
  'proposal_expired',
  'proposal_cancelled',
  'llm_call_settled',
  'llm_call_voided',
  'budget_charge',
  'action_executed',
  'action_failed',
] as const;

const CALLS = quotedList(['tool_call_allowed', 'tool_call_held', 'tool_call_denied']);
const HAS_CALL = `EXISTS (SELECT 1 FROM events c WHERE c.proposal_id = e.proposal_id AND c.event_type IN (${CALLS}))`;

// The `+` keeps the planner from walking one index a type and sorting what it found.
const SQL = `SELECT e.seq, e.ts_ms AS at_ms, e.event_type, e.agent_id, e.run_id, e.proposal_id, p.payload AS facts,
    coalesce(q.original_payload, q.payload) AS judged_payload, q.action_type, q.reversible, q.requires_approval,
    q.expected_cost_micro_usd, q.effect, q.rule,
    q.action_type GLOB 'tool:*' AND ${HAS_CALL} AS is_held_call
  FROM events e
  LEFT JOIN event_payloads p ON p.seq = e.seq AND e.event_type <> 'proposal_submitted'
  LEFT JOIN proposals q ON q.id = e.proposal_id AND e.event_type IN ('proposal_submitted', ${CALLS})
  WHERE e.seq > ? AND e.seq <= ? AND +e.event_type IN (${quotedList([...JUDGED_EVENTS, ...FOLLOWING_EVENTS])})
  ORDER BY e.seq LIMIT ?`;

/** After `afterSeq`, up to and with `upToSeq`. */
export function readHistory(store: Store, afterSeq: number, upToSeq: number, limit: number): HistoryRow[] {
  return store.statement(SQL).all(afterSeq, upToSeq, limit) as HistoryRow[];
}

/** The number of the event before the newest `count` that judged an action; 0 when there are not as many. */
export function seqBeforeNewest(store: Store, count: number): number {
  const newest = JUDGED_EVENTS.map((type) => {
    const isOwn = type === 'proposal_submitted' ? `AND NOT ${HAS_CALL}` : '';
    return `SELECT seq FROM (SELECT e.seq FROM events e WHERE e.event_type = '${type}' ${isOwn} ORDER BY e.seq DESC LIMIT ?)`;
  });
  const sql = `SELECT seq FROM (${newest.join(' UNION ALL ')}) ORDER BY seq DESC LIMIT 1 OFFSET ?`;
  const limits = JUDGED_EVENTS.map(() => count + 1);
  return (store.statement(sql).get(...limits, count) as { readonly seq: number } | undefined)?.seq ?? 0;
}

export interface RaisedCap extends CapRaise {
  readonly scope: string;
  readonly cap: string;
}

export function readEveryCapRaise(store: Store): RaisedCap[] {
  const sql = 'SELECT scope, cap, raised_from AS "from", cap_limit AS "limit" FROM cap_raises';
  return store.statement(sql).all() as RaisedCap[];
}
