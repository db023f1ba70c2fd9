// A proposal as the transaction that is open has just left it.
import { type ProposalRow, readProposal } from '../../store/read/proposals.ts';
import type { Transaction } from '../transaction.ts';

export function reread(tx: Transaction, id: string): ProposalRow {
  const proposal = readProposal(tx.store, id);
  if (proposal === null) throw new Error(`the proposal ${id} is gone in its own transaction`);
  return proposal;
}
