// What the watchdog reads of the record: new events in order, the newest that concern one run, and approvals without an outcome.

import type { Store } from '../open.ts';
import { quotedList } from './quoted-list.ts';

export interface WatchedEventRow {
  readonly seq: number;
  readonly tsMs: number;
  readonly eventType: string;
  readonly runId: string | null;
  readonly proposalId: string | null;
  /** The event's bytes. */
  readonly event: string;
  /** Null when it was purged. */
  readonly payload: string | null;
}

const COLUMNS = `e.seq, e.ts_ms AS tsMs, e.event_type AS eventType, e.run_id AS runId, e.proposal_id AS proposalId,
  e.event, p.payload`;

/** Oldest first. The payload only of events of these types. */
export function readEventsToWatch(
  store: Store,
  afterSeq: number,
  types: readonly string[],
  limit: number,
): WatchedEventRow[] {
  const sql = `SELECT ${COLUMNS} FROM events e
    LEFT JOIN event_payloads p ON p.seq = e.seq AND e.event_type IN (${quotedList(types)})
    WHERE e.seq > ? ORDER BY e.seq LIMIT ?`;
  return store.statement(sql).all(afterSeq, limit) as WatchedEventRow[];
}

/** The newest ones of these types up to a sequence number, oldest first. */
export function readRunEventsToWatch(
  store: Store,
  run: { readonly runId: string; readonly upToSeq: number },
  types: readonly string[],
  limit: number,
): WatchedEventRow[] {
  const sql = `SELECT ${COLUMNS} FROM events e LEFT JOIN event_payloads p ON p.seq = e.seq
    WHERE e.run_id = ? AND e.seq <= ? AND e.event_type IN (${quotedList(types)}) ORDER BY e.seq DESC LIMIT ?`;
  return (store.statement(sql).all(run.runId, run.upToSeq, limit) as WatchedEventRow[]).toReversed();
}

interface OpenApprovalRow {
  readonly id: string;
  readonly run_id: string | null;
  readonly decided_at_ms: number;
}

/** The newest approvals that somebody should carry out and nobody finished; oldest decision first. */
export function readOpenApprovals(store: Store, limit: number): OpenApprovalRow[] {
  const sql = `SELECT id, run_id, decided_at_ms FROM proposals INDEXED BY proposals_unfinished
    WHERE status IN ('approved', 'executing', 'auto-approved')
      AND (status <> 'auto-approved' OR executor IS NOT NULL)
    ORDER BY id DESC LIMIT ?`;
  const rows = store.statement(sql).all(limit) as OpenApprovalRow[];
  return rows.sort((a, b) => a.decided_at_ms - b.decided_at_ms);
}
