// Spend over time, of every agent and of the whole project, in slots of an hour or a day. Read from the ledger's five-minute buckets, so
// that an answer costs the same however many calls were made.
import * as z from 'zod';
import { type SpendSlot, spendSlots } from '../../core/ledger/spend-slots.ts';
import { bucketOf } from '../../core/ledger/window.ts';
import { toRfc3339 } from '../../core/time.ts';
import { agentScope, PROJECT_SCOPE } from '../../governor/ledger/spend-scope.ts';
import { readSpan } from '../../store/read/ledger.ts';
import { json } from '../answer.ts';
import type { ServerContext } from '../context.ts';
import { type Route, route } from '../route.ts';
import type { WireSpend, WireSpendOverTime } from '../wire/spend.ts';
import { agentId, limit } from '../wire-fields.ts';
import { agentIds, type BoardContext } from './board-routes.ts';

export function spendRoutes(context: ServerContext): Route[] {
  return [
    route({
      method: 'GET',
      path: '/spend',
      who: ['operator', 'viewer'],
      body: null,
      query: z.strictObject({
        per: z.enum(['hour', 'day']).default('hour'),
        agent_id: agentId.optional(),
        limit: limit(50, 200),
        cursor: agentId.optional(),
      }),
      handle: ({ query }) => json(spendOverTime(context, query)),
    }),
  ];
}

interface SpendQuery {
  readonly per: 'hour' | 'day';
  readonly agent_id?: string | undefined;
  readonly limit: number;
  /** The last agent of the page before. */
  readonly cursor?: string | undefined;
}

export function spendOverTime(
  context: BoardContext,
  { per, agent_id: only, limit: most, cursor }: SpendQuery,
): WireSpend {
  const nowMs = context.clock();
  const timezone = context.rules.current()?.rules.timezone ?? 'UTC';
  const slots = spendSlots(per, nowMs, timezone);
  const of = (scope: string): WireSpendOverTime => slotFigures(context, scope, slots);
  const wanted = agentIds(context).filter(
    (id) => (only === undefined || id === only) && (cursor === undefined || id > cursor),
  );
  const page = wanted.slice(0, most);
  return {
    per,
    timezone,
    slots: slots.map(({ fromMs, toMs }) => ({ from: toRfc3339(fromMs), to: toRfc3339(toMs) })),
    project: of(PROJECT_SCOPE),
    items: page.map((id) => ({ agent_id: id, ...of(agentScope(id)) })),
    next_cursor: wanted.length > most ? (page.at(-1) ?? null) : null,
    as_of: toRfc3339(nowMs),
  };
}

function slotFigures({ store }: BoardContext, scope: string, slots: readonly SpendSlot[]): WireSpendOverTime {
  const spans = slots.map(({ fromMs, toMs }) => readSpan(store, scope, bucketOf(fromMs), bucketOf(toMs)));
  return { spent_micro_usd: spans.map(({ usd }) => usd), tokens: spans.map(({ tokens }) => tokens) };
}
