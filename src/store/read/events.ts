// Reads the record: the newest hash, pages newest first for people, runs of lines oldest first for the mirror and `verify`.

import { GENESIS_HASH } from '../../core/audit/event.ts';
import type { LineParts } from '../../core/audit/line.ts';
import type { Param, Store } from '../open.ts';

export interface ChainTip {
  readonly seq: number;
  readonly hash: string;
  readonly tsMs: number;
}

export function readTip(store: Store): ChainTip {
  const sql = 'SELECT seq, hash, ts_ms AS tsMs FROM events ORDER BY seq DESC LIMIT 1';
  return (store.statement(sql).get() as ChainTip | undefined) ?? { seq: 0, hash: GENESIS_HASH, tsMs: 0 };
}

export interface EventRow {
  readonly seq: number;
  readonly event: string;
  readonly salt: string | null;
  readonly payload: string | null;
  readonly prev_hash: string | null;
  readonly hash: string;
  readonly event_type: string;
  readonly run_id: string | null;
  readonly proposal_id: string | null;
}

const COLUMNS = `e.seq, e.event, e.event_type, e.run_id, e.proposal_id, p.salt, p.payload, e.hash,
  (SELECT b.hash FROM events b WHERE b.seq = e.seq - 1) AS prev_hash
  FROM events e LEFT JOIN event_payloads p ON p.seq = e.seq`;

/** Oldest first, everything after `afterSeq`. */
export function readEventsAfter(store: Store, afterSeq: number, limit: number): EventRow[] {
  const sql = `SELECT ${COLUMNS} WHERE e.seq > ? ORDER BY e.seq LIMIT ?`;
  return store.statement(sql).all(afterSeq, limit) as EventRow[];
}

export interface EventFilter {
  readonly agentId?: string | undefined;
  readonly runId?: string | undefined;
  readonly proposalId?: string | undefined;
  /** Exact, or a prefix when it ends with `*`. */
  readonly eventType?: string | undefined;
  readonly sinceMs?: number | undefined;
  readonly untilMs?: number | undefined;
  readonly beforeSeq?: number | undefined;
  readonly limit: number;
}

/** Newest first. */
export function findEvents(store: Store, filter: EventFilter): EventRow[] {
  const where: string[] = [];
  const params: Param[] = [];
  const add = (clause: string, ...values: readonly Param[]): void => {
    where.push(clause);
    params.push(...values);
  };
  if (filter.agentId !== undefined) add('e.agent_id = ?', filter.agentId);
  if (filter.runId !== undefined) add('e.run_id = ?', filter.runId);
  if (filter.proposalId !== undefined) add('e.proposal_id = ?', filter.proposalId);
  if (filter.eventType?.endsWith('*') === true) {
    const prefix = filter.eventType.slice(0, -1);
    add('e.event_type >= ? AND e.event_type < ?', prefix, `${prefix}\u{10ffff}`);
  } else if (filter.eventType !== undefined) add('e.event_type = ?', filter.eventType);
  if (filter.sinceMs !== undefined) add('e.ts_ms >= ?', filter.sinceMs);
  if (filter.untilMs !== undefined) add('e.ts_ms <= ?', filter.untilMs);
  if (filter.beforeSeq !== undefined) add('e.seq < ?', filter.beforeSeq);
  const condition = where.length === 0 ? '' : `WHERE ${where.join(' AND ')}`;
  const sql = `SELECT ${COLUMNS} ${condition} ORDER BY e.seq DESC LIMIT ?`;
  return store.statement(sql).all(...params, filter.limit) as EventRow[];
}

export function lineParts(row: EventRow): LineParts {
  return {
    event: row.event,
    salt: row.salt,
    payload: row.payload,
    prevHash: row.prev_hash ?? GENESIS_HASH,
    hash: row.hash,
  };
}
