// How a browser becomes the operator's: a one-time code, minted for the operator, is exchanged for a cookie and a second secret. A page
// on another port of this host gets the cookie sent along, but never the secret.
import * as z from 'zod';
import { toRfc3339 } from '../../core/time.ts';
import { mintSessionCode, openSession } from '../../governor/sessions.ts';
import { json } from '../answer.ts';
import { originOf, type ServerContext } from '../context.ts';
import { problemOfRefusal } from '../problem.ts';
import { type Route, route } from '../route.ts';
import { words } from '../wire-fields.ts';

export function cookieName(port: number): string {
  return `governed_session_${port}`;
}

export async function mintLink(
  context: ServerContext,
  proposalId: string | null,
): Promise<{ link: string; code: string; expiresAtMs: number }> {
  const { code, expiresAtMs } = await context.governor.commit(mintSessionCode);
  const proposal = proposalId === null ? '' : `&proposal=${encodeURIComponent(proposalId)}`;
  return { link: `${originOf(context)}/#code=${code}${proposal}`, code, expiresAtMs };
}

export function sessionRoutes(context: ServerContext): Route[] {
  return [
    route({
      method: 'POST',
      path: '/session/code',
      who: ['operator'],
      decides: true,
      body: z.strictObject({
        proposal_id: z
          .string()
          .regex(/^prp_\w{1,64}$/, 'not the id of a proposal')
          .optional(),
      }),
      query: null,
      async handle({ body }) {
        const minted = await mintLink(context, body.proposal_id ?? null);
        return json({ code: minted.code, link: minted.link, expires_at: toRfc3339(minted.expiresAtMs) }, 201);
      },
    }),
    route({
      method: 'POST',
      path: '/session',
      who: ['public'],
      body: z.strictObject({ code: words(200) }),
      query: null,
      async handle({ body }) {
        const opened = await context.governor.commit((tx) => openSession(tx, body.code));
        if (opened.result === 'refused') return problemOfRefusal(opened);
        const seconds = Math.max(0, Math.floor((opened.expiresAtMs - context.clock()) / 1_000));
        const cookie = `${cookieName(context.port)}=${opened.cookie}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${seconds}`;
        const answer = { session_secret: opened.secret, expires_at: toRfc3339(opened.expiresAtMs) };
        return json(answer, 201, { 'set-cookie': cookie });
      },
    }),
  ];
}
