// Runs for people: the list, one run, and its transcript in pages.
import * as z from 'zod';
import { runLayout } from '../../config/entry.ts';
import { findIds } from '../../store/read/ids.ts';
import { findRuns, type RunRow, readRun } from '../../store/read/runs.ts';
import { json } from '../answer.ts';
import { capsNow } from '../caps-now.ts';
import type { ServerContext } from '../context.ts';
import { presentRun } from '../present/run.ts';
import { problem } from '../problem.ts';
import { type Route, route } from '../route.ts';
import { agentId, limit } from '../wire-fields.ts';
import { readTranscript, readTranscriptEnd } from './transcript.ts';

const unknownRun = () => problem(404, 'not_found', 'there is no such run', 'see `governed-agents runs`');

export function runRoutes(context: ServerContext): Route[] {
  const { store } = context;
  return [
    route({
      method: 'GET',
      path: '/runs',
      who: ['operator', 'viewer'],
      body: null,
      query: z.strictObject({
        agent_id: agentId.optional(),
        live: z.enum(['true', 'false']).optional(),
        limit: limit(50, 500),
        cursor: z
          .string()
          .regex(/^run_\w{1,64}$/, 'not a cursor of this list')
          .optional(),
      }),
      handle({ query }) {
        const rows = findRuns(store, {
          agentId: query.agent_id,
          live: query.live === undefined ? undefined : query.live === 'true',
          beforeId: query.cursor,
          limit: query.limit,
        });
        const next = rows.length < query.limit ? null : (rows.at(-1)?.id ?? null);
        const caps = capsNow(context);
        return json({ items: rows.map((row) => presentRun(caps, row)), next_cursor: next });
      },
    }),
    route({
      method: 'GET',
      path: '/runs/:id',
      who: ['operator', 'viewer'],
      body: null,
      query: null,
      handle({ param }) {
        const row = findRun(context, param('id'));
        return row === null ? unknownRun() : json(presentRun(capsNow(context), row));
      },
    }),
    route({
      method: 'GET',
      path: '/runs/:id/transcript',
      who: ['operator', 'viewer'],
      body: null,
      query: z.strictObject({
        limit: limit(500, 5_000),
        cursor: z
          .string()
          .regex(/^\d{1,15}$/, 'not a cursor of this list')
          .optional(),
        end: z.literal('true').optional(),
        protocol: z.enum(['true', 'false']).optional(),
      }),
      async handle({ param, query }) {
        const row = findRun(context, param('id'));
        if (row === null) return unknownRun();
        const path = runLayout(context.layout, row.id).transcript;
        const wish = { most: query.limit, onlyForPeople: query.protocol === 'false' };
        const page =
          query.end === undefined || query.cursor !== undefined
            ? await readTranscript(path, Number(query.cursor ?? '0'), wish)
            : await readTranscriptEnd(path, wish);
        return json({
          items: page.items,
          next_cursor: String(page.nextByte),
          ended: row.ended_at_ms !== null,
        });
      },
    }),
  ];
}

/** By its id, or the start of one that fits no other. */
function findRun(context: ServerContext, id: string): RunRow | null {
  const exact = readRun(context.store, id);
  if (exact !== null || !id.startsWith('run_')) return exact;
  const [only, ...others] = findIds(context.store, 'runs', id, 2);
  return only === undefined || others.length > 0 ? null : readRun(context.store, only);
}
