// Ends what nobody decided in time, by the server's clock, whether or not anybody asks.
import { findOverdue, type ProposalRow, readProposal } from '../../store/read/proposals.ts';
import { expirePending } from '../../store/write/proposals.ts';
import type { Transaction } from '../transaction.ts';
import { stopsWaiting } from './pending-counts.ts';
import { ofProposal } from './proposal-event.ts';

/** True when it has expired with this call. */
export function expireProposal(tx: Transaction, row: ProposalRow): boolean {
  if (!expirePending(tx.store, row.id, tx.nowMs)) return false;
  stopsWaiting(tx, row, 'refused');
  tx.emit({
    eventType: 'proposal_expired',
    actor: { kind: 'timeout', id: null },
    ...ofProposal(row),
    payload: { action_type: row.action_type, expires_at: new Date(row.expires_at_ms).toISOString() },
  });
  return true;
}

/** Answers how many expired; at most `limit` in one transaction. */
export function expireOverdue(tx: Transaction, limit: number): number {
  let expired = 0;
  for (const id of findOverdue(tx.store, tx.nowMs, limit)) {
    const row = readProposal(tx.store, id);
    if (row !== null && expireProposal(tx, row)) expired += 1;
  }
  return expired;
}
