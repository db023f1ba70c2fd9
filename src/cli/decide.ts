// Takes a person's decision to the server, with the hash of the payload that was shown to them.
import type { WirePage, WireProposal } from '../server/wire/proposal.ts';
import { bodyOf, clientOf } from './client.ts';
import type { Project } from './project.ts';

export interface Decision {
  readonly decision: 'approve' | 'reject';
  readonly payload_hash: string;
  readonly note?: string | undefined;
  readonly final?: boolean | undefined;
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
  decision: Decision,
): Promise<WireProposal> {
  const answer = await clientOf(project).post(`/proposals/${proposalId}/decision`, decision);
  return bodyOf(answer) as WireProposal;
}
