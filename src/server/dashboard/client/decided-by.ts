// Who decided, in words that tell a person, a rule, a standing approval and the clock apart wherever a decision is shown.
import type { WireProposal } from '../../wire/proposal.ts';

export function decidedBy(proposal: Pick<WireProposal, 'decided_by' | 'status'>): string {
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
      return `${isNo ? 'Rejected' : 'Approved'} by an operator, ${by.via === 'dashboard' ? 'in the dashboard' : 'in a terminal'}.`;
  }
}
