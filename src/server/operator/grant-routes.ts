// Standing approvals: given, listed and taken back. Only an operator gives or takes one.
import * as z from 'zod';
import { readGrantConditions } from '../../config/rules-entry.ts';
import { fromUsd } from '../../core/ledger/money.ts';
import { addGrant } from '../../governor/grant/add-grant.ts';
import { revokeGrant } from '../../governor/grant/revoke-grant.ts';
import { findGrants, readGrant, readOpenGrants } from '../../store/read/grants.ts';
import { findIds } from '../../store/read/ids.ts';
import { json } from '../answer.ts';
import type { ServerContext } from '../context.ts';
import { actorOf } from '../identity/identity.ts';
import { presentGrant } from '../present/grant.ts';
import { problem, problemOfRefusal } from '../problem.ts';
import { type Route, route } from '../route.ts';
import { agentId, dollars, duration, freeJson, limit, text, time, words } from '../wire-fields.ts';

/** When nothing else is said. */
const USUAL_MS = 24 * 3_600_000;

const wanted = z
  .strictObject({
    action_type: words(130),
    resource: words(300).nullish(),
    agent_id: agentId.nullish(),
    run_id: words(64).nullish(),
    when: freeJson.nullish(),
    irreversible: z.boolean().default(false),
    uses: z.number().int().min(1).max(10_000),
    usd: dollars.nullish(),
    until: time.nullish(),
    for: duration.nullish(),
    note: text(1_000).nullish(),
  })
  .refine((given) => given.until == null || given.for == null, 'until and for are two ways to say the same');

export function grantRoutes(context: ServerContext): Route[] {
  return [
    route({
      method: 'POST',
      path: '/grants',
      who: ['operator'],
      decides: true,
      needsMirror: true,
      body: wanted,
      query: null,
      async handle({ body, identity }) {
        const when = body.when ?? null;
        const timezone = context.rules.current()?.rules.timezone ?? 'UTC';
        const read = when === null ? null : readGrantConditions(when, timezone);
        if (read?.result === 'invalid') return problem(400, 'bad_conditions', read.problem, read.hint);
        const added = await context.governor.commit((tx) =>
          addGrant(tx, {
            action: body.action_type,
            resource: body.resource ?? null,
            agentId: body.agent_id ?? null,
            runId: body.run_id ?? null,
            conditions: when,
            irreversible: body.irreversible,
            uses: body.uses,
            usd: body.usd == null ? null : fromUsd(body.usd),
            untilMs: body.until ?? tx.nowMs + (body.for ?? USUAL_MS),
            note: body.note ?? null,
            actor: actorOf(identity),
          }),
        );
        return added.result === 'refused'
          ? problemOfRefusal(added)
          : json(presentGrant(added.grant, context.clock()), 201);
      },
    }),
    route({
      method: 'GET',
      path: '/grants',
      who: ['operator', 'viewer'],
      body: null,
      query: z.strictObject({
        status: z.enum(['active', 'all']).default('all'),
        limit: limit(50, 500),
        cursor: z
          .string()
          .regex(/^gnt_\w{1,64}$/, 'not a cursor of this list')
          .optional(),
      }),
      handle({ query }) {
        const nowMs = context.clock();
        const rows =
          query.status === 'active'
            ? readOpenGrants(context.store, nowMs)
            : findGrants(context.store, { limit: query.limit, cursor: query.cursor });
        const isLast = query.status === 'active' || rows.length < query.limit;
        return json({
          items: rows.map((row) => presentGrant(row, nowMs)),
          next_cursor: isLast ? null : (rows.at(-1)?.id ?? null),
        });
      },
    }),
    route({
      method: 'GET',
      path: '/grants/:id',
      who: ['operator', 'viewer'],
      body: null,
      query: null,
      handle({ param }) {
        const row = readGrant(context.store, fullId(context, param('id')));
        return row === null
          ? problem(404, 'not_found', 'there is no such grant', 'see `governed-agents grants`')
          : json(presentGrant(row, context.clock()));
      },
    }),
    route({
      method: 'DELETE',
      path: '/grants/:id',
      who: ['operator'],
      decides: true,
      body: null,
      query: null,
      async handle({ identity, param }) {
        const grantId = fullId(context, param('id'));
        const revoked = await context.governor.commit((tx) =>
          revokeGrant(tx, { grantId, actor: actorOf(identity) }),
        );
        return revoked.result === 'refused'
          ? problemOfRefusal(revoked)
          : json(presentGrant(revoked.grant, context.clock()));
      },
    }),
  ];
}

/** The id that begins so, when only one does. */
function fullId(context: ServerContext, id: string): string {
  if (!id.startsWith('gnt_')) return id;
  const [only, second] = findIds(context.store, 'grants', id, 2);
  return only !== undefined && second === undefined ? only : id;
}
