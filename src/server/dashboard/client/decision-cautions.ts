// Decides when an approval needs a second, deliberate step, and says why in the operator's words.
import type { WireProposal } from '../../wire/proposal.ts';

export interface DecisionContext {
  readonly payloadSeen: boolean;
  readonly payloadChanged: boolean;
}

/** Empty: one step is enough. */
export function approvalCautions(
  proposal: Pick<WireProposal, 'reversible' | 'severity'>,
  context: DecisionContext,
): readonly string[] {
  const cautions: string[] = [];
  if (proposal.reversible === false) cautions.push('This can’t be undone.');
  if (proposal.severity === 'critical') cautions.push('The rules call this critical.');
  if (!context.payloadSeen) cautions.push('You have not scrolled to the end of the payload.');
  if (context.payloadChanged) cautions.push('The payload changed while it was on your screen.');
  return cautions;
}
