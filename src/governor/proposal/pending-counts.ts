// Keeps the running counts of agent and run when a proposal starts or stops waiting.
import type { ProposalRow } from '../../store/read/proposals.ts';
import { countForAgent } from '../../store/write/agents.ts';
import { countPendingOfRun } from '../../store/write/runs.ts';
import type { Transaction } from '../transaction.ts';

export type Ended = 'approved' | 'refused' | 'cancelled';

type Owner = Pick<ProposalRow, 'agent_id' | 'run_id'>;

export function startsWaiting(tx: Transaction, owner: Owner): void {
  if (owner.agent_id !== null) countForAgent(tx.store, owner.agent_id, 'proposals_pending', 1);
  if (owner.run_id !== null) countPendingOfRun(tx.store, owner.run_id, 1);
}

export function stopsWaiting(tx: Transaction, owner: Owner, ended: Ended): void {
  if (owner.agent_id !== null) countForAgent(tx.store, owner.agent_id, 'proposals_pending', -1);
  if (owner.run_id !== null) countPendingOfRun(tx.store, owner.run_id, -1);
  countDecided(tx, owner, ended);
}

export function countDecided(tx: Transaction, owner: Owner, ended: Ended): void {
  if (owner.agent_id === null || ended === 'cancelled') return;
  countForAgent(
    tx.store,
    owner.agent_id,
    ended === 'approved' ? 'proposals_approved' : 'proposals_refused',
    1,
  );
}
