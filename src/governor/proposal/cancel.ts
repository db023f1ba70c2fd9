// When a run ends, what it had waiting is cancelled: nobody is left to carry it out. An action that has an executor stays, since
// the executor needs no run.
import { findPendingOfRun } from '../../store/read/proposals.ts';
import type { RunRow } from '../../store/read/runs.ts';
import { cancelPending } from '../../store/write/proposals.ts';
import type { Transaction } from '../transaction.ts';
import { stopsWaiting } from './pending-counts.ts';
import { ofProposal } from './proposal-event.ts';

export function cancelProposalsOfRun(tx: Transaction, run: RunRow, note: string): void {
  for (const row of findPendingOfRun(tx.store, run.id)) {
    if (row.executor !== null || !cancelPending(tx.store, row.id, tx.nowMs, note)) continue;
    stopsWaiting(tx, row, 'cancelled');
    tx.emit({
      eventType: 'proposal_cancelled',
      actor: { kind: 'server', id: null },
      ...ofProposal(row),
      payload: { action_type: row.action_type, note },
    });
  }
}
