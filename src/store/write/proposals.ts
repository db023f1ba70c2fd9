// Changes proposals. Each move is one statement that names the state it moves from: of two who race, one changes a row.

import type { ProposalStatus } from '../../core/proposal/status.ts';
import type { Store } from '../open.ts';
import type { ProposalRow } from '../read/proposals.ts';

export type NewProposal = Pick<
  ProposalRow,
  | 'id'
  | 'run_id'
  | 'agent_id'
  | 'action_type'
  | 'payload'
  | 'payload_hash'
  | 'expected_outcome'
  | 'rationale'
  | 'reversible'
  | 'requires_approval'
  | 'expected_cost_micro_usd'
  | 'links'
  | 'client_data'
  | 'idempotency_key'
  | 'request_hash'
  | 'tier'
  | 'effect'
  | 'rule'
  | 'reasons'
  | 'severity'
  | 'executor'
  | 'status'
  | 'created_at_ms'
  | 'expires_at_ms'
  | 'decided_at_ms'
  | 'decided_by_kind'
  | 'decided_by_id'
>;

const FIELDS = [
  'id',
  'run_id',
  'agent_id',
  'action_type',
  'payload',
  'payload_hash',
  'expected_outcome',
  'rationale',
  'reversible',
  'requires_approval',
  'expected_cost_micro_usd',
  'links',
  'client_data',
  'idempotency_key',
  'request_hash',
  'tier',
  'effect',
  'rule',
  'reasons',
  'severity',
  'executor',
  'status',
  'created_at_ms',
  'expires_at_ms',
  'decided_at_ms',
  'decided_by_kind',
  'decided_by_id',
] as const satisfies readonly (keyof NewProposal)[];

const INSERT = `INSERT INTO proposals (${FIELDS.join(', ')}) VALUES (${FIELDS.map(() => '?').join(', ')})`;

export function insertProposal(store: Store, proposal: NewProposal): void {
  store.statement(INSERT).run(...FIELDS.map((field) => proposal[field]));
}

export interface DecisionRow {
  readonly id: string;
  readonly status: 'approved' | 'rejected';
  readonly payloadHash: string;
  readonly nowMs: number;
  readonly byId: string | null;
  readonly via: string;
  readonly note: string | null;
  readonly final: boolean;
}

/** True for the one caller whose decision counts: still pending, in time, and on the payload that was shown. */
export function decidePending(store: Store, decision: DecisionRow): boolean {
  const sql = `UPDATE proposals SET status = ?, decided_at_ms = ?, decided_by_kind = 'operator', decided_by_id = ?,
      decided_via = ?, note = ?, final = ?
    WHERE id = ? AND status = 'pending' AND expires_at_ms > ? AND payload_hash = ?`;
  return (
    store
      .statement(sql)
      .run(
        decision.status,
        decision.nowMs,
        decision.byId,
        decision.via,
        decision.note,
        decision.final ? 1 : 0,
        decision.id,
        decision.nowMs,
        decision.payloadHash,
      ).changes === 1
  );
}

/** The operator's edit becomes the payload; what was first proposed is kept beside it. */
export function editPending(
  store: Store,
  edit: { readonly id: string; readonly fromHash: string; readonly payload: string; readonly hash: string },
): boolean {
  const sql = `UPDATE proposals SET original_payload = ifnull(original_payload, payload),
      original_payload_hash = ifnull(original_payload_hash, payload_hash), payload = ?, payload_hash = ?
    WHERE id = ? AND status = 'pending' AND payload_hash = ?`;
  return store.statement(sql).run(edit.payload, edit.hash, edit.id, edit.fromHash).changes === 1;
}

/** What is set aside for an approved action; null when it is settled. */
export function setReservedCost(store: Store, id: string, microUsd: number | null): void {
  store.statement('UPDATE proposals SET reserved_micro_usd = ? WHERE id = ?').run(microUsd, id);
}

export function expirePending(store: Store, id: string, nowMs: number): boolean {
  const sql = `UPDATE proposals SET status = 'expired', decided_at_ms = ?, decided_by_kind = 'timeout'
    WHERE id = ? AND status = 'pending' AND expires_at_ms <= ?`;
  return store.statement(sql).run(nowMs, id, nowMs).changes === 1;
}

export function cancelPending(store: Store, id: string, nowMs: number, note: string): boolean {
  const sql = `UPDATE proposals SET status = 'cancelled', decided_at_ms = ?, note = ?
    WHERE id = ? AND status = 'pending'`;
  return store.statement(sql).run(nowMs, note, id).changes === 1;
}

/** An approval is used once: the executor's host claims it before it starts anything. */
export function claimForExecution(store: Store, id: string, nowMs: number): boolean {
  const sql = `UPDATE proposals SET status = 'executing', executing_at_ms = ?, attempts = attempts + 1
    WHERE id = ? AND status IN ('approved', 'auto-approved') AND executor IS NOT NULL`;
  return store.statement(sql).run(nowMs, id).changes === 1;
}

export interface OutcomeRow {
  readonly id: string;
  readonly from: readonly ProposalStatus[];
  readonly outcome: 'executed' | 'failed' | 'unknown';
  readonly by: 'executor' | 'agent' | 'operator';
  readonly detail: string | null;
  readonly costMicroUsd: number | null;
  readonly nowMs: number;
}

export function writeOutcome(store: Store, row: OutcomeRow): boolean {
  const sql = `UPDATE proposals SET status = ?, outcome = ?, outcome_by = ?, outcome_detail = ?,
      outcome_cost_micro_usd = ?, outcome_at_ms = ?
    WHERE id = ? AND status IN (${row.from.map(() => '?').join(', ')})`;
  return (
    store
      .statement(sql)
      .run(row.outcome, row.outcome, row.by, row.detail, row.costMicroUsd, row.nowMs, row.id, ...row.from)
      .changes === 1
  );
}

/** An unknown outcome goes back to approved, so that its executor runs again: only a person may say so. */
export function retryUnknown(store: Store, id: string): boolean {
  const sql = `UPDATE proposals SET status = 'approved', outcome = NULL, outcome_by = NULL, outcome_detail = NULL,
      outcome_cost_micro_usd = NULL, outcome_at_ms = NULL
    WHERE id = ? AND status = 'unknown'`;
  return store.statement(sql).run(id).changes === 1;
}
