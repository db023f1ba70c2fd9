// Which proposals may be decided together: only those that wait, whose whole payload was on screen, and that need no second thought of
// their own. A payload that changed since is no longer picked.
import type { WireProposal } from '../../wire/proposal.ts';
import type { BoardState } from './board-state.ts';
import type { Queue } from './queue.ts';

/** Null when it may be picked; else why not, in the operator's words. */
export function whyNotPicked(proposal: WireProposal, seen: BoardState['seen']): string | null {
  if (proposal.status !== 'pending') return 'It is decided already.';
  if (proposal.reversible === false || proposal.severity === 'critical') {
    return 'What can’t be undone, or is critical, is decided by itself.';
  }
  return seen.get(proposal.proposal_id) === proposal.payload_hash
    ? null
    : 'Look at its payload to the end first.';
}

export function togglePick(state: BoardState, proposal: WireProposal): BoardState['picked'] {
  const picked = new Map(state.picked);
  if (picked.delete(proposal.proposal_id)) return picked;
  return whyNotPicked(proposal, state.seen) === null
    ? picked.set(proposal.proposal_id, proposal.payload_hash)
    : picked;
}

/** Those that can still be decided as they were picked. */
export function pickedIn(queue: Queue, picked: BoardState['picked']): readonly WireProposal[] {
  return queue
    .map((entry) => entry.proposal)
    .filter(
      ({ proposal_id, payload_hash, status }) =>
        status === 'pending' && picked.get(proposal_id) === payload_hash,
    );
}
