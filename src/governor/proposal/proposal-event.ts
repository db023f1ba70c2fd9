// Who a proposal belongs to, as every event about it says.
import type { ProposalRow } from '../../store/read/proposals.ts';

export function ofProposal(row: Pick<ProposalRow, 'id' | 'agent_id' | 'run_id' | 'tier'>): {
  readonly proposalId: string;
  readonly agentId: string | null;
  readonly runId: string | null;
  readonly tier: ProposalRow['tier'];
} {
  return { proposalId: row.id, agentId: row.agent_id, runId: row.run_id, tier: row.tier };
}
