// Money of a run: reserve the worst case of a model call, settle it at what was used, void what was never sent, charge other costs.
import * as z from 'zod';
import { fromUsd, toUsd } from '../../core/ledger/money.ts';
import type { StandIn } from '../../governor/ledger/book-answer.ts';
import { charge } from '../../governor/ledger/charge.ts';
import { reserve } from '../../governor/ledger/reserve.ts';
import { type Closed, settle, voidReservation } from '../../governor/ledger/settle.ts';
import type { Refused } from '../../governor/refusal.ts';
import { type Answer, json } from '../answer.ts';
import type { ServerContext } from '../context.ts';
import { runOf } from '../identity/identity.ts';
import { problemOfRefusal } from '../problem.ts';
import { type Route, route } from '../route.ts';
import type { WireReserved, WireSettled, WireStandIn } from '../wire/run.ts';
import { dollars, idempotencyKey, name, text, tokens, words } from '../wire-fields.ts';

const usage = z.strictObject({
  input_tokens: tokens,
  output_tokens: tokens,
  cache_read_tokens: tokens,
  cache_write_5m_tokens: tokens,
  cache_write_1h_tokens: tokens,
  billed_as: z.enum(['batch']).optional(),
  answered_by: words(200).optional(),
});

export function reservationRoutes(context: ServerContext): Route[] {
  const { governor } = context;
  return [
    route({
      method: 'POST',
      path: '/reservations',
      who: ['run'],
      needsMirror: true,
      body: z.strictObject({
        idempotency_key: idempotencyKey,
        kind: z.literal('llm').default('llm'),
        provider: name(100),
        model: name(200),
        input_tokens: tokens,
        output_tokens: tokens,
        cache_writes: z.enum(['5m', '1h']).optional(),
        tentative: z.boolean().optional(),
      }),
      query: null,
      async handle({ body, identity }) {
        const input = {
          runId: runOf(identity).id,
          idempotencyKey: body.idempotency_key,
          provider: body.provider,
          model: body.model,
          inputTokens: body.input_tokens,
          outputTokens: body.output_tokens,
          cacheWrites: body.cache_writes,
          tentative: body.tentative,
        };
        const reserved = await governor.commit((tx) => reserve(tx, input));
        if (reserved.result === 'refused') {
          return problemOfRefusal(reserved, {
            result: 'refused',
            remaining_micro_usd: reserved.leftMicroUsd,
            ...(reserved.isPriced === false ? { at_dearest_price: true } : {}),
          });
        }
        const answer: WireReserved = {
          result: 'reserved',
          reservation_id: reserved.reservationId,
          reserved_micro_usd: reserved.usd,
          ...(reserved.isPriced ? {} : { at_dearest_price: true }),
        };
        return json(answer, 201);
      },
    }),
    route({
      method: 'POST',
      path: '/reservations/:id/settle',
      who: ['run'],
      body: z.strictObject({ usage: usage.nullable(), outcome: z.enum(['complete', 'cut', 'error']) }),
      query: null,
      async handle({ body, identity, param }) {
        const used = body.usage;
        const input = {
          runId: runOf(identity).id,
          reservationId: param('id'),
          outcome: body.outcome,
          answeredBy: used?.answered_by,
          usage:
            used === null
              ? null
              : {
                  inputTokens: used.input_tokens,
                  outputTokens: used.output_tokens,
                  cacheReadTokens: used.cache_read_tokens,
                  cacheWrite5mTokens: used.cache_write_5m_tokens,
                  cacheWrite1hTokens: used.cache_write_1h_tokens,
                  ...(used.billed_as === 'batch' ? { isBatch: true } : {}),
                },
        };
        return presentClosed(await governor.commit((tx) => settle(tx, input)));
      },
    }),
    route({
      method: 'POST',
      path: '/reservations/:id/void',
      who: ['run'],
      body: z.strictObject({ reason: text(500).default('never sent') }),
      query: null,
      async handle({ body, identity, param }) {
        const input = { runId: runOf(identity).id, reservationId: param('id'), reason: body.reason };
        return presentClosed(await governor.commit((tx) => voidReservation(tx, input)));
      },
    }),
    route({
      method: 'POST',
      path: '/budget/:id/charge',
      who: ['run'],
      needsMirror: true,
      body: z.strictObject({
        tokens: tokens.default(0),
        usd: dollars,
        tool: name(200),
        idempotency_key: idempotencyKey,
      }),
      query: null,
      async handle({ body, identity, param }) {
        const input = {
          runId: runOf(identity).id,
          agentId: param('id'),
          usd: fromUsd(body.usd),
          tokens: body.tokens,
          tool: body.tool,
          idempotencyKey: body.idempotency_key,
        };
        const charged = await governor.commit((tx) => charge(tx, input));
        if (charged.result === 'refused') return problemOfRefusal(charged);
        const booked = {
          charge_id: charged.chargeId,
          charged_micro_usd: input.usd,
          charged_usd: toUsd(input.usd),
          tokens: input.tokens,
        };
        return json({ ...booked, replayed: charged.replayed }, charged.replayed ? 200 : 201);
      },
    }),
  ];
}

function presentClosed(closed: Closed | Refused): Answer {
  if (closed.result === 'refused') return problemOfRefusal(closed);
  const { standIn } = closed;
  const answer: WireSettled = {
    reservation_id: closed.reservationId,
    status: closed.status,
    posted_micro_usd: closed.postedUsd,
    posted_tokens: closed.postedTokens,
    ...(standIn === undefined ? {} : { stand_in: presentStandIn(standIn) }),
  };
  return json(answer);
}

function presentStandIn({ asked, answeredBy, isAtDearest }: StandIn): WireStandIn {
  return { asked, answered_by: answeredBy, ...(isAtDearest ? { at_dearest_price: true } : {}) };
}
