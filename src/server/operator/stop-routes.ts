// Stopping, for the operator and for the brake, which can do nothing else: pause and kill an agent, a run or everything. None of it
// waits for the mirror, and none of it fails because the record can't be written.
import * as z from 'zod';
import { killAgent } from '../../governor/stop/kill-agent.ts';
import { killRun } from '../../governor/stop/kill-run.ts';
import { setKillSwitch } from '../../governor/stop/kill-switch.ts';
import { pauseAgent } from '../../governor/stop/pause-agent.ts';
import { pauseAll } from '../../governor/stop/pause-all.ts';
import { pauseRun } from '../../governor/stop/pause-run.ts';
import type { Store } from '../../store/open.ts';
import { readAgent } from '../../store/read/agents.ts';
import { readRun } from '../../store/read/runs.ts';
import { json } from '../answer.ts';
import type { ServerContext } from '../context.ts';
import { actorOf } from '../identity/identity.ts';
import { whyMirrorRefuses } from '../mirror/why-refused.ts';
import { type Problem, problem } from '../problem.ts';
import { type Route, route } from '../route.ts';
import { stop } from '../supervise/stop.ts';
import { reason, text } from '../wire-fields.ts';

export function stopRoutes(context: ServerContext): Route[] {
  return [...agentStops(context), ...runStops(context), ...stopsOfAll(context)];
}

function agentStops(context: ServerContext): Route[] {
  return (['pause', 'kill'] as const).map((kind) =>
    route({
      method: 'POST',
      path: `/agents/:id/${kind}`,
      who: ['operator', 'brake'],
      body: reason,
      query: null,
      handle({ body, identity, param }) {
        const agentId = param('id');
        const unknown = whyUnknownAgent(context, agentId);
        if (unknown !== null) return unknown;
        const input = { agentId, reason: body.reason, actor: actorOf(identity) };
        return stop(context, {
          kind,
          reason: body.reason,
          of: (run) => run.agentId === agentId,
          record(tx) {
            if (kind === 'pause') return pauseAgent(tx, { ...input, source: 'operator' });
            killAgent(tx, input);
            return true;
          },
        });
      },
    }),
  );
}

function runStops(context: ServerContext): Route[] {
  return (['pause', 'kill'] as const).map((kind) =>
    route({
      method: 'POST',
      path: `/runs/:id/${kind}`,
      who: ['operator', 'brake'],
      body: reason,
      query: null,
      handle({ body, identity, param }) {
        const runId = param('id');
        const gone = whyNotLive(context, runId);
        if (gone !== null) return gone;
        const input = { runId, reason: body.reason, actor: actorOf(identity) };
        return stop(context, {
          kind,
          reason: body.reason,
          of: (run) => run.runId === runId,
          record: (tx) =>
            kind === 'pause' ? pauseRun(tx, { ...input, source: 'operator' }) : killRun(tx, input),
        });
      },
    }),
  );
}

function stopsOfAll(context: ServerContext): Route[] {
  return [
    route({
      method: 'POST',
      path: '/admin/pause-all',
      who: ['operator', 'brake'],
      body: reason,
      query: null,
      handle: ({ body, identity }) =>
        stop(context, {
          kind: 'pause',
          reason: body.reason,
          of: () => true,
          everything: true,
          record: (tx) => pauseAll(tx, { reason: body.reason, actor: actorOf(identity) }).length > 0,
        }),
    }),
    route({
      method: 'POST',
      path: '/admin/kill-switch',
      who: ['operator', 'brake'],
      decides: true,
      body: z.strictObject({ on: z.boolean(), reason: text(1_000).default('no reason given') }),
      query: null,
      async handle({ body, identity, refuseForged }) {
        const input = { on: body.on, reason: body.reason, actor: actorOf(identity) };
        if (body.on) {
          const record = (tx: Parameters<typeof setKillSwitch>[0]): boolean => setKillSwitch(tx, input);
          return stop(context, {
            kind: 'kill',
            reason: body.reason,
            of: () => true,
            everything: true,
            record,
          });
        }
        if (identity.kind !== 'operator')
          return refuseForged('the brake turns the kill switch on, never off');
        const behind = await whyMirrorRefuses(context.mirror);
        if (behind !== null) return behind;
        const changed = await context.governor.commit((tx) => setKillSwitch(tx, input));
        return json({ result: 'off', changed, recorded: true });
      },
    }),
  ];
}

/** Nothing is refused because the store can't be read. */
function whyUnknownAgent(context: ServerContext, agentId: string): Problem | null {
  return whileReadable(context.store, (store) => {
    if (readAgent(store, agentId) !== null || context.rules.current()?.rules.agents.has(agentId) === true)
      return null;
    return problem(404, 'unknown_agent', `there is no agent ${agentId}`, 'see `governed-agents scoreboard`');
  });
}

function whyNotLive(context: ServerContext, runId: string): Problem | null {
  return whileReadable(context.store, (store) => {
    const run = readRun(store, runId);
    if (run === null) return problem(404, 'not_found', 'there is no such run', 'see `governed-agents runs`');
    if (run.ended_at_ms === null) return null;
    return problem(409, 'run_ended', `the run has ended (${run.status})`, 'nothing is left to stop');
  });
}

function whileReadable(store: Store, look: (store: Store) => Problem | null): Problem | null {
  try {
    return look(store);
  } catch {
    // A store that can't be read must not keep anything from being stopped.
    return null;
  }
}
