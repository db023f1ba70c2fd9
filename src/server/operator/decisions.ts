// A person's word: decide a proposal, resolve an unknown outcome, and the list of what waits. Only the operator's plane gets here.
import * as z from 'zod';
import { decideProposal } from '../../governor/proposal/decide.ts';
import { resolveUnknown } from '../../governor/proposal/outcome.ts';
import { json } from '../answer.ts';
import { originOf, type ServerContext } from '../context.ts';
import { actorOf, type Identity } from '../identity/identity.ts';
import { whyMirrorRefuses } from '../mirror/why-refused.ts';
import { presentProposal } from '../present/proposal.ts';
import { problemOfRefusal } from '../problem.ts';
import { type Route, route } from '../route.ts';
import { freeJson, text, words } from '../wire-fields.ts';

const hash = z
  .string()
  .regex(/^[0-9a-f]{64}$/, 'the SHA-256 of the payload that was shown, in lower-case hex');

export function decisionRoutes(context: ServerContext): Route[] {
  const origin = originOf(context);
  return [
    route({
      method: 'POST',
      path: '/proposals/:id/decision',
      who: ['operator'],
      decides: true,
      body: z.strictObject({
        decision: z.enum(['approve', 'reject']),
        payload_hash: hash,
        note: text(4_000).nullish(),
        final: z.boolean().default(false),
        payload: freeJson.optional(),
      }),
      query: null,
      async handle({ body, identity, param }) {
        // A rejection is let through: failing closed never stands in the way of stopping.
        const behind = body.decision === 'approve' ? whyMirrorRefuses(context.mirror()) : null;
        if (behind !== null) return behind;
        const decided = await context.governor.commit((tx) =>
          decideProposal(tx, {
            proposalId: param('id'),
            decision: body.decision,
            payloadHash: body.payload_hash,
            note: body.note ?? null,
            final: body.final,
            actor: actorOf(identity),
            via: viaOf(identity),
            ...(body.payload === undefined || body.decision === 'reject'
              ? {}
              : { editedPayload: { value: body.payload } }),
          }),
        );
        return decided.result === 'refused'
          ? problemOfRefusal(decided)
          : json(presentProposal(decided.proposal, origin));
      },
    }),
    route({
      method: 'POST',
      path: '/proposals/:id/resolve',
      who: ['operator'],
      decides: true,
      needsMirror: true,
      body: z.strictObject({ action: z.enum(['retry', 'executed', 'failed']), note: words(4_000) }),
      query: null,
      async handle({ body, identity, param }) {
        const input = {
          proposalId: param('id'),
          action: body.action,
          note: body.note,
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

function viaOf(identity: Identity): string {
  return identity.kind === 'operator' && identity.via === 'session' ? 'dashboard' : 'token';
}
