// Takes a person's decisions to the server, each with the hash of the payload that was shown to them.
import type { WireDecided, WirePage, WireProposal } from '../server/wire/proposal.ts';
import { bodyOf, clientOf } from './client.ts';
import type { Project } from './project.ts';

export interface Decision {
  readonly decision: 'approve' | 'reject';
  readonly payload_hash: string;
  readonly note?: string | undefined;
  readonly final?: boolean | undefined;
}

export interface EditedDecision extends Decision {
  /** Approved instead of what was proposed. */
  readonly payload?: unknown;
}

export async function readProposal(project: Project, proposalId: string): Promise<WireProposal> {
  return bodyOf(await clientOf(project).get(`/proposals/${proposalId}`)) as WireProposal;
}

/** Oldest first; the server gives no more than this at once. */
export async function readPending(project: Project): Promise<readonly WireProposal[]> {
  const answer = await clientOf(project).get('/proposals?status=pending&limit=200');
  return (bodyOf(answer) as WirePage<WireProposal>).items;
}

/** The proposal as it stands after the decision. */
export async function decide(
  project: Project,
  proposalId: string,
  decision: EditedDecision,
): Promise<WireProposal> {
  const answer = await clientOf(project).post(`/proposals/${proposalId}/decision`, decision);
  return bodyOf(answer) as WireProposal;
}

/** Each is a decision of its own; in the order asked for. */
export async function decideAll(
  project: Project,
  items: readonly (Decision & { readonly proposal_id: string })[],
): Promise<readonly WireDecided[]> {
  const answer = await clientOf(project).post('/proposals/decisions', { items });
  return (bodyOf(answer) as { readonly items: readonly WireDecided[] }).items;
}
