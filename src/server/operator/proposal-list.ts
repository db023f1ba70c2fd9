// Lists proposals in pages. Without a status, what waits comes first, the longest waiting at the top, then the rest, newest first: no
// flood of new ones hides an old one that waits.
import * as z from 'zod';
import { PROPOSAL_STATUSES } from '../../core/proposal/status.ts';
import { findProposals, type ProposalFilter, type ProposalRow } from '../../store/read/proposals.ts';
import { json } from '../answer.ts';
import { originOf, type ServerContext } from '../context.ts';
import { ownRunOf } from '../identity/identity.ts';
import { presentProposal, presentShort } from '../present/proposal.ts';
import { type Route, route } from '../route.ts';
import { agentId, limit } from '../wire-fields.ts';

const status = z.enum(PROPOSAL_STATUSES);

/** w: among those that wait, r: among the rest; then the last id of the page. */
const cursor = z.string().regex(/^[wr]:[\w]{0,64}$/, 'not a cursor of this list');

interface Page {
  readonly rows: readonly ProposalRow[];
  readonly next: string | null;
}

type Scope = Pick<ProposalFilter, 'agentId' | 'runId'>;

export function proposalListRoutes(context: ServerContext): Route[] {
  const origin = originOf(context);
  return [
    route({
      method: 'GET',
      path: '/proposals',
      who: ['operator', 'viewer', 'agent', 'run'],
      body: null,
      query: z.strictObject({
        status: status.optional(),
        agent_id: agentId.optional(),
        payloads: z.enum(['all', 'short']).default('all'),
        limit: limit(50, 500),
        cursor: cursor.optional(),
      }),
      handle({ identity, query }) {
        const scope: Scope = { agentId: query.agent_id, runId: ownRunOf(identity)?.id };
        const after = query.cursor ?? 'w:';
        const page =
          query.status === undefined
            ? waitingThenRest(context, scope, query.limit, after)
            : withStatus(context, { ...scope, status: query.status }, query.limit, after);
        const present = query.payloads === 'short' ? presentShort : presentProposal;
        return json({ items: page.rows.map((row) => present(row, origin)), next_cursor: page.next });
      },
    }),
  ];
}

function withStatus(
  context: ServerContext,
  filter: Scope & Pick<ProposalFilter, 'status'>,
  most: number,
  after: string,
): Page {
  const isQueue = filter.status === 'pending' || filter.status === 'unknown';
  const order = isQueue ? 'oldest' : 'newest';
  const rows = findProposals(context.store, { ...filter, order, limit: most, cursor: idIn(after) });
  return { rows, next: rows.length < most ? null : `w:${rows.at(-1)?.id ?? ''}` };
}

function waitingThenRest(context: ServerContext, scope: Scope, most: number, after: string): Page {
  const waiting = after.startsWith('w:')
    ? findProposals(context.store, {
        ...scope,
        status: 'pending',
        order: 'oldest',
        limit: most,
        cursor: idIn(after),
      })
    : [];
  if (waiting.length === most) return { rows: waiting, next: `w:${waiting.at(-1)?.id ?? ''}` };
  const left = most - waiting.length;
  const from = after.startsWith('r:') ? idIn(after) : undefined;
  const rest = findProposals(context.store, {
    ...scope,
    notStatus: 'pending',
    order: 'newest',
    limit: left,
    cursor: from,
  });
  return { rows: [...waiting, ...rest], next: rest.length < left ? null : `r:${rest.at(-1)?.id ?? ''}` };
}

function idIn(cursorText: string): string | undefined {
  const id = cursorText.slice(2);
  return id === '' ? undefined : id;
}
