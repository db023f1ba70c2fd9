// What became of an approved action. A crash between its claim and its end leaves `unknown`, which waits for a person. Without an executor
// the agent's own word is kept, marked as such.
import type { Actor } from '../../core/audit/event.ts';
import { type ProposalRow, readProposal } from '../../store/read/proposals.ts';
import { type OutcomeRow, retryUnknown, writeOutcome } from '../../store/write/proposals.ts';
import { costOfOutcome, settleCost } from '../ledger/action-cost.ts';
import { type Refused, refused } from '../refusal.ts';
import type { Transaction } from '../transaction.ts';
import { ofProposal } from './proposal-event.ts';
import { reread } from './reread.ts';

export interface OutcomeInput {
  readonly proposalId: string;
  readonly outcome: 'executed' | 'failed' | 'unknown';
  readonly detail: unknown;
  /** Micro-dollars. */
  readonly costUsd: number | null;
}

export interface Recorded {
  readonly result: 'recorded';
  readonly proposal: ProposalRow;
}

/** The executor's own end; its host calls this once for each claim. */
export function finishExecution(tx: Transaction, input: OutcomeInput): Recorded | Refused {
  const row = readProposal(tx.store, input.proposalId);
  const given = { ...input, from: ['executing'] as const, by: 'executor' as const };
  if (row !== null && recordOutcome(tx, row, given, { kind: 'executor', id: row.executor })) {
    return recorded(tx, row.id);
  }
  return refused('not_executing', 'this action is not being carried out', 'see the proposal');
}

/** The word of the agent that acted by itself, once, where no executor stands behind the action. */
export function reportOutcome(
  tx: Transaction,
  input: OutcomeInput & { readonly runId: string; readonly outcome: 'executed' | 'failed' },
): Recorded | Refused {
  const row = readProposal(tx.store, input.proposalId);
  if (row === null || row.run_id !== input.runId) {
    return refused(
      'not_found',
      'this run has no such proposal',
      'use the id that the proposal was answered with',
    );
  }
  if (row.executor !== null) {
    return refused(
      'executor_reports',
      `the executor of ${row.action_type} reports the outcome itself`,
      'wait for it with GET /proposals/{id}?wait=30s',
    );
  }
  const given = { ...input, from: ['approved', 'auto-approved'] as const, by: 'agent' as const };
  if (recordOutcome(tx, row, given, { kind: 'agent', id: row.agent_id })) return recorded(tx, row.id);
  return refused(
    'not_approved',
    `the proposal is ${row.status}`,
    'an outcome is taken once, for an approved action',
  );
}

/** A person says what became of an action whose outcome is unknown, or lets its executor run again. */
export function resolveUnknown(
  tx: Transaction,
  input: {
    readonly proposalId: string;
    readonly action: 'retry' | 'executed' | 'failed';
    readonly note: string;
    /** Micro-dollars that it cost, as far as the person knows; null: what was reserved, or nothing for what failed. */
    readonly costUsd?: number | null;
    readonly actor: Actor;
  },
): Recorded | Refused {
  const row = readProposal(tx.store, input.proposalId);
  if (row === null)
    return refused('not_found', 'there is no such proposal', 'see `governed-agents proposals`');
  if (row.status !== 'unknown') {
    return refused(
      'not_unknown',
      `the proposal is ${row.status}`,
      'only an unknown outcome is resolved by a person',
    );
  }
  if (input.action === 'retry' && typeof input.costUsd === 'number') {
    return refused(
      'cost_of_retry',
      'what runs again has no cost yet',
      'leave the cost out: its executor reports one, or what was reserved is booked',
    );
  }
  if (input.action !== 'retry') {
    const given = {
      from: ['unknown'] as const,
      outcome: input.action,
      by: 'operator' as const,
      costUsd: input.costUsd ?? null,
    };
    recordOutcome(tx, row, { ...given, detail: { note: input.note } }, input.actor);
    return recorded(tx, row.id);
  }
  retryUnknown(tx.store, row.id);
  tx.emit({
    eventType: 'action_retry',
    actor: input.actor,
    ...ofProposal(row),
    payload: { note: input.note, attempts: row.attempts },
  });
  return recorded(tx, row.id);
}

export function recordOutcome(
  tx: Transaction,
  row: ProposalRow,
  given: Pick<OutcomeRow, 'from' | 'outcome' | 'by'> & {
    readonly detail: unknown;
    readonly costUsd: number | null;
  },
  actor: Actor,
): boolean {
  const detail = given.detail === undefined ? null : JSON.stringify(given.detail);
  const { from, outcome, by } = given;
  const costMicroUsd = outcome === 'unknown' ? null : costOfOutcome(row, outcome, by, given.costUsd);
  const written = { id: row.id, from, outcome, by, detail, costMicroUsd, nowMs: tx.nowMs };
  if (!writeOutcome(tx.store, written)) return false;
  tx.emit({
    eventType: `action_${outcome}`,
    actor,
    ...ofProposal(row),
    payload: {
      action_type: row.action_type,
      proposal_payload_hash: row.payload_hash,
      by,
      detail: given.detail ?? null,
      cost_micro_usd: costMicroUsd,
      cost_reported: given.costUsd !== null,
      reserved_micro_usd: row.reserved_micro_usd,
    },
  });
  // What may have been spent stays set aside until a person says what became of it.
  if (outcome !== 'unknown') settleCost(tx, row, costMicroUsd);
  return true;
}

function recorded(tx: Transaction, id: string): Recorded {
  return { result: 'recorded', proposal: reread(tx, id) };
}
