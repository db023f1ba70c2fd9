// Who decided, in words that tell a person, a rule, a standing approval and the clock apart wherever a decision is shown.
import type { WireProposal } from '../../wire/proposal.ts';

export function decidedBy(
  proposal: Pick<WireProposal, 'decided_by' | 'status' | 'final' | 'original_payload_hash'>,
): string {
  const { decided_by: by, status } = proposal;
  if (by === null) return status === 'cancelled' ? 'The run ended before anyone decided.' : '';
  const isNo = status === 'rejected' || status === 'denied';
  switch (by.kind) {
    case 'timeout':
      return 'Nobody decided in time: it expired.';
    case 'policy':
      return `${isNo ? 'Denied' : 'Approved'} by the rule ${by.id ?? 'defaults'}, without a person.`;
    case 'grant':
      return `Approved by the standing approval ${by.id ?? ''}, without a person.`;
    case 'operator':
      return `${isNo ? rejected(proposal) : approved(proposal)} by an operator, ${by.via === 'dashboard' ? 'in the dashboard' : 'in a terminal'}.`;
  }
}

function rejected({ final }: Pick<WireProposal, 'final'>): string {
  return final ? 'Rejected for good' : 'Rejected';
}

/** What runs then is not what the agent proposed. */
function approved({ original_payload_hash: original }: Pick<WireProposal, 'original_payload_hash'>): string {
  return original === null ? 'Approved' : 'Edited and approved';
}
