// Decides the order of what waits. An entry keeps its place for as long as it is shown, decided or not, and new ones
// go to the end: what the operator is about to click never turns into something else.
import type { WireProposal } from '../../wire/proposal.ts';

export interface QueueEntry {
  readonly proposal: WireProposal;
  /** The payload is another one than first shown here; the operator has to read it again. */
  readonly changed: boolean;
}

export type Queue = readonly QueueEntry[];

const MOST_SETTLED = 20;

export function isWaiting(entry: QueueEntry): boolean {
  return entry.proposal.status === 'pending';
}

/** Takes in a fresh list of what is pending. `gone` are entries that waited here and are no longer in that list. */
export function mergePending(
  queue: Queue,
  pending: readonly WireProposal[],
): { readonly queue: Queue; readonly gone: readonly string[] } {
  const fresh = new Map(pending.map((proposal) => [proposal.proposal_id, proposal]));
  const gone: string[] = [];
  const kept = queue.map((entry) => {
    const proposal = fresh.get(entry.proposal.proposal_id);
    fresh.delete(entry.proposal.proposal_id);
    if (!isWaiting(entry)) return entry;
    if (proposal === undefined) gone.push(entry.proposal.proposal_id);
    return proposal === undefined ? entry : replaced(entry, proposal);
  });
  return { queue: [...kept, ...[...fresh.values()].map(newEntry)], gone };
}

/** Puts one proposal in, at its place if it has one. A settled one never goes back to pending. */
export function putProposal(queue: Queue, proposal: WireProposal): Queue {
  const known = queue.some((entry) => entry.proposal.proposal_id === proposal.proposal_id);
  if (!known) return [...queue, newEntry(proposal)];
  return queue.map((entry) => {
    if (entry.proposal.proposal_id !== proposal.proposal_id) return entry;
    return !isWaiting(entry) && proposal.status === 'pending' ? entry : replaced(entry, proposal);
  });
}

/** News of entries that are settled here already: an approved one that was executed meanwhile. */
export function updateSettled(queue: Queue, proposals: readonly WireProposal[]): Queue {
  const news = new Map(proposals.map((proposal) => [proposal.proposal_id, proposal]));
  return queue.map((entry) => {
    const proposal = news.get(entry.proposal.proposal_id);
    return proposal === undefined || isWaiting(entry) || proposal.status === 'pending'
      ? entry
      : { proposal, changed: false };
  });
}

/** Drops what is settled, the oldest first, down to a bound; never the one being looked at. */
export function trimSettled(queue: Queue, selectedId: string | null, most = MOST_SETTLED): Queue {
  let surplus = queue.filter((entry) => !isWaiting(entry)).length - most;
  if (surplus <= 0) return queue;
  return queue.filter((entry) => {
    if (surplus <= 0 || isWaiting(entry) || entry.proposal.proposal_id === selectedId) return true;
    surplus -= 1;
    return false;
  });
}

/** The next (+1) or previous (−1) entry that still waits, going round at neither end. */
export function neighbour(queue: Queue, selectedId: string | null, step: 1 | -1): string | null {
  const at = queue.findIndex((entry) => entry.proposal.proposal_id === selectedId);
  const order = step === 1 ? queue.slice(at + 1) : queue.slice(0, Math.max(0, at)).reverse();
  return order.find(isWaiting)?.proposal.proposal_id ?? null;
}

function newEntry(proposal: WireProposal): QueueEntry {
  return { proposal, changed: false };
}

function replaced(entry: QueueEntry, proposal: WireProposal): QueueEntry {
  const changed = entry.changed || entry.proposal.payload_hash !== proposal.payload_hash;
  return { proposal, changed: changed && proposal.status === 'pending' };
}
