// Proposals: submit one, look at one (and wait for what becomes of it), list them, say what came of one. A run sees only its own.
import * as z from 'zod';
import { fromUsd } from '../../core/ledger/money.ts';
import { reportOutcome } from '../../governor/proposal/outcome.ts';
import { submitProposal } from '../../governor/proposal/submit.ts';
import { findIds } from '../../store/read/ids.ts';
import { type ProposalRow, readProposal } from '../../store/read/proposals.ts';
import { json } from '../answer.ts';
import { originOf, type ServerContext } from '../context.ts';
import { actorOf, type Identity, ownRunOf, runOf } from '../identity/identity.ts';
import { presentProposal, presentSubmitted } from '../present/proposal.ts';
import { type Problem, problem, problemOfRefusal } from '../problem.ts';
import { type Route, route } from '../route.ts';
import { dollars, duration, freeJson, idempotencyKey, text, time, words } from '../wire-fields.ts';

const submission = z.strictObject({
  action_type: z.string().regex(/^[A-Za-z_][\w.:-]{0,127}$/, 'letters, digits, _ . : and -, at most 128'),
  payload: freeJson,
  expected_outcome: words(4_000),
  rationale: text(16_000).nullish(),
  reversible: z.boolean().nullish(),
  requires_approval: z.boolean().nullish(),
  expected_cost_usd: dollars.nullish(),
  expires_at: time.nullish(),
  idempotency_key: idempotencyKey.nullish(),
  links: z.array(text(2_048)).max(20).default([]),
  // Of older clients: kept as data, never believed.
  agent_id: text(200).optional(),
  wave: freeJson.optional(),
  submitted_at: freeJson.optional(),
});

const LONGEST_WAIT_MS = 60_000;

export function proposalRoutes(context: ServerContext): Route[] {
  const origin = originOf(context);
  return [
    route({
      method: 'POST',
      path: '/proposals',
      who: ['agent', 'run', 'operator'],
      fills: true,
      needsMirror: true,
      body: submission,
      query: null,
      async handle({ body, identity }) {
        const { agent_id, wave, submitted_at } = body;
        const clientData = Object.fromEntries(
          Object.entries({ agent_id, wave, submitted_at }).filter(([, value]) => value !== undefined),
        );
        const cost = body.expected_cost_usd ?? null;
        const submitted = await context.governor.commit((tx) =>
          submitProposal(tx, {
            runId: ownRunOf(identity)?.id ?? null,
            actor: actorOf(identity),
            actionType: body.action_type,
            payload: body.payload,
            expectedOutcome: body.expected_outcome,
            rationale: body.rationale ?? null,
            reversible: body.reversible ?? null,
            requiresApproval: body.requires_approval ?? null,
            expectedCostUsd: cost === null ? null : fromUsd(cost),
            expiresAtMs: body.expires_at ?? null,
            idempotencyKey: body.idempotency_key ?? null,
            links: body.links,
            clientData,
          }),
        );
        if (submitted.result === 'refused') return problemOfRefusal(submitted);
        const { proposal, replayed, retryAfterSeconds } = submitted;
        return json(presentSubmitted(proposal, origin, retryAfterSeconds), replayed ? 200 : 201);
      },
    }),
    route({
      method: 'GET',
      path: '/proposals/:id',
      who: ['operator', 'viewer', 'agent', 'run'],
      body: null,
      query: z.strictObject({ wait: duration.optional() }),
      async handle({ identity, param, query, signal }) {
        const row = seenProposal(context, identity, param('id'));
        if ('kind' in row) return row;
        const settled = query.wait === undefined ? row : await settle(context, row, query.wait, signal());
        return json(presentProposal(settled, origin));
      },
    }),
    route({
      method: 'POST',
      path: '/proposals/:id/outcome',
      who: ['agent', 'run'],
      fills: true,
      body: z.strictObject({
        outcome: z.enum(['executed', 'failed']),
        detail: freeJson.optional(),
        cost_usd: dollars.optional(),
      }),
      query: null,
      async handle({ body, identity, param }) {
        const { outcome, detail, cost_usd: cost } = body;
        const input = {
          runId: runOf(identity).id,
          proposalId: param('id'),
          outcome,
          detail: detail ?? null,
          costUsd: cost === undefined ? null : fromUsd(cost),
        };
        const reported = await context.governor.commit((tx) => reportOutcome(tx, input));
        return reported.result === 'refused'
          ? problemOfRefusal(reported)
          : json(presentProposal(reported.proposal, origin));
      },
    }),
  ];
}

/** By its id, or the start of one that fits no other; what is not theirs does not exist for a run. */
function seenProposal(context: ServerContext, identity: Identity, id: string): ProposalRow | Problem {
  const own = ownRunOf(identity);
  let row = readProposal(context.store, id);
  if (row === null && own === null && id.startsWith('prp_')) {
    const [only, ...others] = findIds(context.store, 'proposals', id, 2);
    if (only !== undefined && others.length === 0) row = readProposal(context.store, only);
  }
  if (row !== null && (own === null || row.run_id === own.id)) return row;
  if (own === null)
    return problem(404, 'not_found', 'there is no such proposal', 'see `governed-agents proposals`');
  return problem(
    404,
    'not_found',
    'this run has no such proposal',
    'use the id that the proposal was answered with',
  );
}

async function settle(
  context: ServerContext,
  row: ProposalRow,
  waitMs: number,
  signal: AbortSignal,
): Promise<ProposalRow> {
  const untilMs = performance.now() + Math.min(waitMs, LONGEST_WAIT_MS);
  let now = row;
  while (isOpen(now) && !signal.aborted) {
    const leftMs = untilMs - performance.now();
    if (leftMs <= 0) break;
    await context.feed.nextOfProposal(row.id, leftMs, signal);
    now = readProposal(context.store, row.id) ?? now;
  }
  return now;
}

/** Undecided, or decided and still to be carried out by its executor. */
function isOpen(row: ProposalRow): boolean {
  if (row.status === 'pending' || row.status === 'executing') return true;
  return row.executor !== null && (row.status === 'approved' || row.status === 'auto-approved');
}
