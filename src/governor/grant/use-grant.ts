// Lets a standing approval answer for a person. It is asked only where the rules want a person, never after a denial, and its use is
// counted in the same transaction as the approval it gives.
import type { MicroUsd } from '../../core/ledger/money.ts';
import { type GrantRow, readGrant } from '../../store/read/grants.ts';
import type { ProposalRow } from '../../store/read/proposals.ts';
import { correctGrantCost, takeGrantUse } from '../../store/write/grants.ts';
import { ofProposal } from '../proposal/proposal-event.ts';
import type { Transaction } from '../transaction.ts';
import { grantFacts } from './grant-facts.ts';

/** The first that has uses and money left, its use already counted; null: a person decides. A cost that is not stated fits no bound on money. */
export function useGrant(
  tx: Transaction,
  covering: Iterable<GrantRow>,
  costUsd: MicroUsd | null,
): GrantRow | null {
  for (const { id } of covering) {
    if (takeGrantUse(tx.store, id, costUsd, tx.nowMs)) return readGrant(tx.store, id);
  }
  return null;
}

export function recordGrantUse(
  tx: Transaction,
  grant: GrantRow,
  proposal: Pick<
    ProposalRow,
    'id' | 'agent_id' | 'run_id' | 'tier' | 'action_type' | 'expected_cost_micro_usd'
  >,
): void {
  const event = { actor: { kind: 'grant', id: grant.id }, ...ofProposal(proposal) } as const;
  tx.emit({
    eventType: 'grant_used',
    ...event,
    payload: {
      grant_id: grant.id,
      action_type: proposal.action_type,
      uses_left: grant.uses - grant.used,
      cost_micro_usd: proposal.expected_cost_micro_usd,
      left_micro_usd: grant.usd === null ? null : grant.usd - grant.used_usd,
    },
  });
  if (grant.used >= grant.uses)
    tx.emit({ eventType: 'grant_exhausted', ...event, payload: grantFacts(grant) });
}

/** What an action cost in the end, against the money of the grant that approved it; unreported, the expected cost stays. */
export function settleGrantCost(tx: Transaction, row: ProposalRow, costUsd: number | null): void {
  if (row.decided_by_kind !== 'grant' || row.decided_by_id === null || costUsd === null) return;
  correctGrantCost(tx.store, row.decided_by_id, costUsd - (row.expected_cost_micro_usd ?? 0));
}
