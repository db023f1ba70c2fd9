// The record for people and tools: pages of events, newest first; the signed head; and the stream of every event as it commits.
import * as z from 'zod';
import { findEvents } from '../../store/read/events.ts';
import { json } from '../answer.ts';
import type { ServerContext } from '../context.ts';
import { currentHead } from '../mirror/heads.ts';
import { eventText, presentEvent } from '../present/event.ts';
import { problem } from '../problem.ts';
import { type Route, route } from '../route.ts';
import { KEEP_ALIVE_MS, type NextMessages, serverSentEvents } from '../streams/server-sent-events.ts';
import type { WireHead } from '../wire/record.ts';
import { agentId, limit, time } from '../wire-fields.ts';

const id = z.string().regex(/^\w{1,64}$/, 'not an id');
const seqText = z.string().regex(/^\d{1,15}$/, 'not a sequence number');
const ROWS_AT_ONCE = 100;

export function recordRoutes(context: ServerContext): Route[] {
  const { store } = context;
  return [
    route({
      method: 'GET',
      path: '/audit',
      who: ['operator', 'viewer'],
      body: null,
      query: z.strictObject({
        agent_id: agentId.optional(),
        run_id: id.optional(),
        proposal_id: id.optional(),
        event_type: z
          .string()
          .regex(/^\w{0,64}\*?$/, 'an event type, or the start of one and *')
          .optional(),
        since: time.optional(),
        until: time.optional(),
        limit: limit(50, 1_000),
        cursor: seqText.optional(),
      }),
      handle({ query }) {
        const rows = findEvents(store, {
          agentId: query.agent_id,
          runId: query.run_id,
          proposalId: query.proposal_id,
          eventType: query.event_type,
          sinceMs: query.since,
          untilMs: query.until,
          beforeSeq: query.cursor === undefined ? undefined : Number(query.cursor),
          limit: query.limit,
        });
        const next = rows.length < query.limit ? null : String(rows.at(-1)?.seq ?? '');
        return json({ items: rows.map(presentEvent), next_cursor: next });
      },
    }),
    route({
      method: 'GET',
      path: '/audit/head',
      who: ['operator', 'viewer'],
      body: null,
      query: null,
      handle() {
        const head: WireHead = currentHead(store, context.signingKey);
        return json(head);
      },
    }),
    route({
      method: 'GET',
      path: '/events',
      who: ['operator', 'viewer'],
      body: null,
      query: null,
      handle({ lastEventId, signal }) {
        if (lastEventId !== null && !seqText.safeParse(lastEventId).success) {
          return problem(400, 'invalid', 'Last-Event-ID is the sequence number of an event');
        }
        const from = lastEventId === null ? context.feed.seq : Number(lastEventId);
        return serverSentEvents(signal(), eventsAfter(context, from));
      },
    }),
  ];
}

function eventsAfter(context: ServerContext, from: number): NextMessages {
  let seq = from;
  return async (signal) => {
    await context.feed.nextAfter(seq, KEEP_ALIVE_MS, signal);
    const rows = context.feed.rowsAfter(seq, ROWS_AT_ONCE);
    seq = rows.at(-1)?.seq ?? seq;
    return rows.map((row) => ({ id: row.seq, data: eventText(row) }));
  };
}
