// What a runner says of its run: it lives, its tree was spawned, it ended. And what an agent may ask and say about itself.
import * as z from 'zod';
import { attachTree } from '../../governor/run/attach-tree.ts';
import { endRun } from '../../governor/run/end-run.ts';
import { noteEnd } from '../../governor/run/note-end.ts';
import { formatTreeJson } from '../../process/entry.ts';
import { readRun } from '../../store/read/runs.ts';
import { json } from '../answer.ts';
import type { ServerContext } from '../context.ts';
import { runOf } from '../identity/identity.ts';
import { whyNotOwnRun } from '../identity/not-allowed.ts';
import { runStatus } from '../present/run.ts';
import { problem, problemOfRefusal } from '../problem.ts';
import { type Route, route } from '../route.ts';
import { freeJson, nothing, processId, text, words } from '../wire-fields.ts';
import { controlRoute } from './control.ts';

const tree = z.strictObject({
  // The first process of a machine is no agent.
  root: processId(2),
  marker: z.string().regex(/^[A-Z_]+=[\w-]{1,100}$/, 'NAME=value'),
});

export function runLifeRoutes(context: ServerContext): Route[] {
  return [
    route({
      method: 'POST',
      path: '/runs/me/end',
      who: ['agent'],
      body: z.strictObject({ reason: z.enum(['goal_reached', 'gave_up']), note: text(4_000).default('') }),
      query: null,
      async handle({ body, identity }) {
        const input = { runId: runOf(identity).id, reason: body.reason, note: body.note };
        const noted = await context.governor.commit((tx) => noteEnd(tx, input));
        return noted.result === 'refused' ? problemOfRefusal(noted) : json({ noted: true });
      },
    }),
    route({
      method: 'GET',
      path: '/status/me',
      who: ['agent'],
      body: null,
      query: null,
      handle({ identity }) {
        const run = runOf(identity);
        return json({
          agent_id: run.agent_id,
          run_id: run.id,
          status: runStatus(run),
          paused_reason: run.pause_reason,
        });
      },
    }),
    route({
      method: 'POST',
      path: '/runs/:id/heartbeat',
      who: ['run'],
      body: nothing,
      query: null,
      handle({ identity, param }) {
        const other = whyNotOwnRun(identity, param('id'));
        if (other !== null) return other;
        const run = runOf(identity);
        return json({ run_id: run.id, status: run.status, paused_reason: run.pause_reason });
      },
    }),
    route({
      method: 'POST',
      path: '/runs/:id/spawned',
      who: ['run'],
      body: z.strictObject({ tree }),
      query: null,
      async handle({ body, identity, param }) {
        const other = whyNotOwnRun(identity, param('id'));
        if (other !== null) return other;
        const { root, marker } = body.tree;
        const handle = formatTreeJson({
          root: { pid: root.pid, startTicks: root.start_ticks, bootId: root.boot_id },
          marker,
        });
        const runId = runOf(identity).id;
        const attached = await context.governor.commit((tx) => attachTree(tx, { runId, tree: handle }));
        if (attached.result === 'refused') return problemOfRefusal(attached);
        const run = readRun(context.store, runId);
        return json({
          run_id: runId,
          status: run?.status ?? 'running',
          paused_reason: run?.pause_reason ?? null,
        });
      },
    }),
    route({
      method: 'POST',
      path: '/runs/:id/end',
      who: ['run'],
      body: z.strictObject({
        status: z.enum(['succeeded', 'failed', 'timed_out', 'over_budget', 'killed']),
        reason: words(1_000),
        exit_code: z
          .number()
          .int()
          .min(-255)
          .max(2 ** 32)
          .nullable()
          .default(null),
        detail: z.record(z.string().max(100), freeJson).optional(),
      }),
      query: null,
      async handle({ body, identity, param }) {
        const other = whyNotOwnRun(identity, param('id'));
        if (other !== null) return other;
        const runId = runOf(identity).id;
        const end = { runId, status: body.status, reason: body.reason, exitCode: body.exit_code };
        const detail = body.detail === undefined ? {} : { detail: { said: body.detail } };
        const actor = { kind: 'runner', id: runId } as const;
        const ended = await context.governor.commit((tx) => endRun(tx, { ...end, ...detail, actor }));
        return ended
          ? json({ run_id: runId, status: body.status })
          : problem(409, 'run_ended', 'the run has ended already');
      },
    }),
    controlRoute(context),
  ];
}
