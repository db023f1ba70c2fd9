// Reads proposals. Ids sort by the server's time of creation, so order and cursors are by id and never by a client's clock.
// Where the planner would sort all of one status, the statement names the index that is in order already.
import type { ProposalStatus } from '../../core/proposal/status.ts';
import type { Param, Store } from '../open.ts';

export interface ProposalRow {
  readonly id: string;
  readonly run_id: string | null;
  readonly agent_id: string | null;
  readonly action_type: string;
  /** Canonical JSON (RFC 8785). */
  readonly payload: string;
  readonly payload_hash: string;
  readonly original_payload: string | null;
  readonly original_payload_hash: string | null;
  readonly expected_outcome: string;
  readonly rationale: string | null;
  readonly reversible: number | null;
  readonly requires_approval: number | null;
  readonly expected_cost_micro_usd: number | null;
  /** Set aside in every scope that its cost counts in; null before the approval and after the outcome. */
  readonly reserved_micro_usd: number | null;
  readonly links: string;
  readonly client_data: string;
  readonly idempotency_key: string | null;
  readonly request_hash: string;
  readonly tier: 'confined' | 'advisory' | null;
  readonly effect: 'allow' | 'require_approval' | 'deny';
  readonly rule: string;
  readonly reasons: string;
  readonly severity: 'low' | 'medium' | 'high' | 'critical';
  readonly executor: string | null;
  readonly status: ProposalStatus;
  readonly created_at_ms: number;
  readonly expires_at_ms: number;
  readonly decided_at_ms: number | null;
  readonly decided_by_kind: 'operator' | 'policy' | 'grant' | 'timeout' | null;
  readonly decided_by_id: string | null;
  readonly decided_via: string | null;
  readonly note: string | null;
  readonly final: number;
  readonly executing_at_ms: number | null;
  readonly attempts: number;
  readonly outcome: 'executed' | 'failed' | 'unknown' | null;
  readonly outcome_by: 'executor' | 'agent' | 'operator' | null;
  readonly outcome_detail: string | null;
  readonly outcome_cost_micro_usd: number | null;
  readonly outcome_at_ms: number | null;
}

export function readProposal(store: Store, id: string): ProposalRow | null {
  return (store.statement('SELECT * FROM proposals WHERE id = ?').get(id) as ProposalRow | undefined) ?? null;
}

export function readProposalByKey(store: Store, runId: string | null, key: string): ProposalRow | null {
  const sql = "SELECT * FROM proposals WHERE ifnull(run_id, '') = ? AND idempotency_key = ?";
  return (store.statement(sql).get(runId ?? '', key) as ProposalRow | undefined) ?? null;
}

export interface ProposalFilter {
  readonly status?: ProposalStatus | undefined;
  readonly notStatus?: ProposalStatus | undefined;
  readonly agentId?: string | undefined;
  readonly runId?: string | undefined;
  /** Only ids after this one in the order asked for. */
  readonly cursor?: string | undefined;
  readonly order: 'oldest' | 'newest';
  readonly limit: number;
}

export function findProposals(store: Store, filter: ProposalFilter): ProposalRow[] {
  const where: string[] = [];
  const params: Param[] = [];
  const add = (clause: string, value: Param): void => {
    where.push(clause);
    params.push(value);
  };
  if (filter.status !== undefined) add('status = ?', filter.status);
  if (filter.notStatus !== undefined) add('status <> ?', filter.notStatus);
  if (filter.agentId !== undefined) add('agent_id = ?', filter.agentId);
  if (filter.runId !== undefined) add('run_id = ?', filter.runId);
  if (filter.cursor !== undefined) add(filter.order === 'oldest' ? 'id > ?' : 'id < ?', filter.cursor);
  const condition = where.length === 0 ? '' : `WHERE ${where.join(' AND ')}`;
  const direction = filter.order === 'oldest' ? 'ASC' : 'DESC';
  const sql = `SELECT * FROM proposals ${condition} ORDER BY id ${direction} LIMIT ?`;
  return store.statement(sql).all(...params, filter.limit) as ProposalRow[];
}

/** Oldest first. */
export function findPendingOfRun(store: Store, runId: string): ProposalRow[] {
  const sql = "SELECT * FROM proposals WHERE run_id = ? AND status = 'pending' ORDER BY id";
  return store.statement(sql).all(runId) as ProposalRow[];
}

/** What a run was to do itself, and has money set aside for. */
export function findReservedOfRun(store: Store, runId: string): ProposalRow[] {
  const sql = `SELECT * FROM proposals INDEXED BY proposals_reserved_by_run
    WHERE run_id = ? AND reserved_micro_usd IS NOT NULL AND executor IS NULL ORDER BY id`;
  return store.statement(sql).all(runId) as ProposalRow[];
}

/** How the newest proposals of a run stand, oldest first. */
export function readStatuses(
  store: Store,
  runId: string,
  limit: number,
): readonly Pick<ProposalRow, 'id' | 'status'>[] {
  const sql = 'SELECT id, status FROM proposals WHERE run_id = ? ORDER BY id DESC LIMIT ?';
  return (store.statement(sql).all(runId, limit) as Pick<ProposalRow, 'id' | 'status'>[]).reverse();
}

export function countByStatus(store: Store, status: ProposalStatus): number {
  const sql = 'SELECT count(*) AS n FROM proposals WHERE status = ?';
  return (store.statement(sql).get(status) as { n: number }).n;
}

/** By agent; what the operator proposed counts for none. */
export function countUnknownByAgent(store: Store): ReadonlyMap<string, number> {
  const sql = "SELECT agent_id AS id FROM proposals WHERE status = 'unknown' AND agent_id IS NOT NULL";
  const counts = new Map<string, number>();
  for (const { id } of store.statement(sql).all() as { id: string }[])
    counts.set(id, (counts.get(id) ?? 0) + 1);
  return counts;
}

/** Pending proposals whose time is over, oldest expiry first. */
export function findOverdue(store: Store, nowMs: number, limit: number): string[] {
  const sql = `SELECT id FROM proposals INDEXED BY proposals_pending_expiry
    WHERE status = 'pending' AND expires_at_ms <= ? ORDER BY expires_at_ms LIMIT ?`;
  const rows = store.statement(sql).all(nowMs, limit) as { id: string }[];
  return rows.map((row) => row.id);
}

/** When the next pending proposal expires, in milliseconds since the epoch; null when none waits. */
export function readNextExpiry(store: Store): number | null {
  const sql = `SELECT expires_at_ms AS at FROM proposals INDEXED BY proposals_pending_expiry
    WHERE status = 'pending' ORDER BY expires_at_ms LIMIT 1`;
  return (store.statement(sql).get() as { at: number } | undefined)?.at ?? null;
}

/** Approved, with an executor that has not started on it: the outbox. Oldest first. */
export function findExecutable(store: Store, limit: number): ProposalRow[] {
  const sql = `SELECT * FROM proposals INDEXED BY proposals_outbox
    WHERE status IN ('approved', 'auto-approved') AND executor IS NOT NULL ORDER BY id LIMIT ?`;
  return store.statement(sql).all(limit) as ProposalRow[];
}
