// A person's word: decide a proposal, resolve an unknown outcome, and the list of what waits. Only the operator's plane gets here.
import * as z from 'zod';
import { fromUsd } from '../../core/ledger/money.ts';
import { decideProposal } from '../../governor/proposal/decide.ts';
import { resolveUnknown } from '../../governor/proposal/outcome.ts';
import type { ProposalRow } from '../../store/read/proposals.ts';
import { json } from '../answer.ts';
import { originOf, type ServerContext } from '../context.ts';
import { actorOf, type Identity } from '../identity/identity.ts';
import { whyMirrorRefuses } from '../mirror/why-refused.ts';
import { presentProposal } from '../present/proposal.ts';
import { type Problem, problemOfFault, problemOfRefusal, toWireProblem } from '../problem.ts';
import { type Route, route } from '../route.ts';
import type { WireDecided } from '../wire/proposal.ts';
import { dollars, freeJson, text, words } from '../wire-fields.ts';

const hash = z
  .string()
  .regex(/^[0-9a-f]{64}$/, 'the SHA-256 of the payload that was shown, in lower-case hex');

/** Every one is shown to a person first, whole. */
const MOST_AT_ONCE = 200;

const decision = {
  decision: z.enum(['approve', 'reject']),
  payload_hash: hash,
  note: text(4_000).nullish(),
  final: z.boolean().default(false),
};

export function decisionRoutes(context: ServerContext): Route[] {
  const origin = originOf(context);
  /** A rejection is let through: failing closed never stands in the way of stopping. */
  const whyNotApproved = async (decisions: readonly Decision[]): Promise<Problem | null> =>
    decisions.some((each) => each.decision === 'approve') ? await whyMirrorRefuses(context.mirror) : null;
  return [
    route({
      method: 'POST',
      path: '/proposals/:id/decision',
      who: ['operator'],
      decides: true,
      body: z.strictObject({ ...decision, payload: freeJson.optional() }),
      query: null,
      async handle({ body, identity, param }) {
        const decided = await decideOne(context, identity, param('id'), body, await whyNotApproved([body]));
        return 'kind' in decided ? decided : json(presentProposal(decided, origin));
      },
    }),
    route({
      method: 'POST',
      path: '/proposals/decisions',
      who: ['operator'],
      decides: true,
      body: z.strictObject({
        items: z
          .array(z.strictObject({ proposal_id: words(64), ...decision }))
          .min(1)
          .max(MOST_AT_ONCE),
      }),
      query: null,
      async handle({ body, identity }) {
        // Asked once and before the first, so that each is decided in the order it stands in.
        const behind = await whyNotApproved(body.items);
        const items = await Promise.all(
          body.items.map(async ({ proposal_id, ...item }): Promise<WireDecided> => {
            const decided = await decideOrSayWhy(context, identity, proposal_id, item, behind);
            return 'kind' in decided
              ? { proposal_id, decided: false, problem: toWireProblem(decided) }
              : { proposal_id, decided: true, proposal: presentProposal(decided, origin) };
          }),
        );
        return json({ items });
      },
    }),
    route({
      method: 'POST',
      path: '/proposals/:id/resolve',
      who: ['operator'],
      decides: true,
      needsMirror: true,
      body: z.strictObject({
        action: z.enum(['retry', 'executed', 'failed']),
        note: words(4_000),
        cost_usd: dollars.optional(),
      }),
      query: null,
      async handle({ body, identity, param }) {
        const input = {
          proposalId: param('id'),
          action: body.action,
          note: body.note,
          costUsd: body.cost_usd === undefined ? null : fromUsd(body.cost_usd),
          actor: actorOf(identity),
        };
        const resolved = await context.governor.commit((tx) => resolveUnknown(tx, input));
        return resolved.result === 'refused'
          ? problemOfRefusal(resolved)
          : json(presentProposal(resolved.proposal, origin));
      },
    }),
  ];
}

interface Decision {
  readonly decision: 'approve' | 'reject';
}

interface DecisionBody extends Decision {
  readonly payload_hash: string;
  readonly note?: string | null | undefined;
  readonly final: boolean;
  readonly payload?: unknown;
}

async function decideOne(
  context: ServerContext,
  identity: Identity,
  proposalId: string,
  body: DecisionBody,
  behind: Problem | null,
): Promise<ProposalRow | Problem> {
  if (behind !== null && body.decision === 'approve') return behind;
  const decided = await context.governor.commit((tx) =>
    decideProposal(tx, {
      proposalId,
      decision: body.decision,
      payloadHash: body.payload_hash,
      note: body.note ?? null,
      final: body.final,
      actor: actorOf(identity),
      via: viaOf(identity),
      ...(body.payload === undefined ? {} : { editedPayload: { value: body.payload } }),
    }),
  );
  return decided.result === 'refused' ? problemOfRefusal(decided) : decided.proposal;
}

/** Of several, each is a decision of its own: what fails one does not hide what became of the others. */
async function decideOrSayWhy(
  context: ServerContext,
  identity: Identity,
  proposalId: string,
  body: DecisionBody,
  behind: Problem | null,
): Promise<ProposalRow | Problem> {
  try {
    return await decideOne(context, identity, proposalId, body, behind);
  } catch (error) {
    const known = problemOfFault(error);
    if (known === null) throw error;
    return known;
  }
}

function viaOf(identity: Identity): string {
  return identity.kind === 'operator' && identity.via === 'session' ? 'dashboard' : 'token';
}
