// A fresh one-time link to the dashboard, minted by the server.
import { OperationError } from '../../core/fault.ts';
import { fieldsOf } from '../../core/json-object.ts';
import { bodyOf, clientOf } from '../client.ts';
import type { Project } from '../project.ts';

export interface FreshLink {
  readonly link: string;
  readonly expires_at: string;
}

export async function freshLink(project: Project, proposalId: string | null): Promise<FreshLink> {
  const body = bodyOf(
    await clientOf(project).post('/session/code', proposalId === null ? {} : { proposal_id: proposalId }),
  );
  const { link, expires_at: expiresAt } = fieldsOf(body);
  if (typeof link === 'string' && typeof expiresAt === 'string') return { link, expires_at: expiresAt };
  throw new OperationError({
    op: 'make a link',
    code: 'strange_answer',
    message: 'the server answered without a link',
    hint: 'it may be of another version: restart it with `governed-agents down` and `governed-agents up`',
  });
}
