// Carries out a stop: through the server when it answers within a second, from here when not. Signals come before the record, and
// it counts as done only when every tree was seen stopped.
import { type Answer, bodyOf, clientOf } from '../client.ts';
import type { Project } from '../project.ts';
import { closedState } from '../state.ts';
import { look } from './look.ts';
import { type Recorded, recordStop, type StopOrder } from './record.ts';
import { findTarget, type Target } from './target.ts';
import { awaitTrees, foldersOf, freezeAll, killAll, type TreeState, treesOf } from './trees.ts';

export interface Stopped {
  readonly order: StopOrder;
  readonly trees: readonly TreeState[];
  readonly recorded: Recorded;
  /** Every tree was seen stopped. */
  readonly verified: boolean;
  /** That are meant: themselves, and not a run of theirs alone. */
  readonly agents: readonly string[];
  readonly elapsedMs: number;
}

export interface StopWish {
  readonly action: StopOrder['action'];
  readonly word: string | undefined;
  readonly all: boolean;
  readonly reason: string;
}

const SERVER_LIMIT_MS = 1_000;
const TREES_LIMIT_MS = 3_000;

export async function stopNow(project: Project, wish: StopWish): Promise<Stopped> {
  const startedMs = performance.now();
  const closed = closedState(project);
  // Nothing would be seen to run, whatever runs.
  if (closed !== null) throw closed;
  const sight = look(project);
  const target = findTarget(wish.word, wish.all, sight.known);
  const order: StopOrder = { action: wish.action, target, reason: wish.reason };
  const trees = treesOf(target, sight);
  const toStop = wish.action === 'pause' ? 'pause' : 'kill';
  const live = [...new Set(sight.known.liveRuns?.map((run) => run.agent_id))];
  const agents = target.kind === 'agent' ? [target.agentId] : target.kind === 'all' ? live : [];
  const done = (states: readonly TreeState[], recorded: Recorded): Stopped => ({
    order,
    trees: states,
    agents,
    recorded,
    verified: states.every(({ state }) => state === 'gone' || (toStop === 'pause' && state === 'frozen')),
    elapsedMs: performance.now() - startedMs,
  });
  const dirs = foldersOf(target, sight).map(({ dir }) => dir);
  const byServer = await askServer(project, order, sight.known.liveRuns === null ? null : live);
  if (byServer !== null) {
    const recorded = byServer.by === 'mark' ? { ...byServer, marks: dirs } : byServer;
    const states = await awaitTrees(trees, toStop, TREES_LIMIT_MS);
    if (done(states, recorded).verified) return done(states, recorded);
    // The record is right, and the trees are not: whoever should have stopped them hangs.
    return done(toStop === 'pause' ? freezeAll(trees) : await killAll(trees), recorded);
  }
  const states = toStop === 'pause' ? freezeAll(trees) : await killAll(trees);
  return done(states, recordStop(project, order, dirs));
}

/** How the server put it on record; null when it must be done from here. Throws what it refuses. */
async function askServer(
  project: Project,
  order: StopOrder,
  liveAgents: readonly string[] | null,
): Promise<Recorded | null> {
  const client = clientOf(project);
  if (client.port === null) return null;
  const asked = requestsFor(order, liveAgents);
  if (asked === null) return null;
  let recorded: Recorded = { by: 'server' };
  for (const { path, body } of asked) {
    const answer = await askOnce(() => client.post(path, body, SERVER_LIMIT_MS));
    if (answer.result === 'unreachable') return null;
    // A server whose store or mirror fails must not keep us from stopping.
    if (answer.result === 'refused' && answer.status >= 500) return null;
    const told = bodyOf(answer) as StopAnswer;
    if (told.recorded === false) {
      const why = told.detail ?? 'the store can’t be written';
      recorded = told.marked === false ? { by: 'nobody', why } : { by: 'mark', why, marks: [] };
    }
  }
  return recorded;
}

/** A stop that was carried out and could not be recorded says so. */
interface StopAnswer {
  readonly recorded?: boolean;
  readonly marked?: boolean;
  readonly detail?: string;
}

async function askOnce(ask: () => Promise<Answer>): Promise<Answer> {
  try {
    return await ask();
  } catch (error) {
    // Without a readable token we can still signal what is ours.
    return { result: 'unreachable', reason: error instanceof Error ? error.message : String(error) };
  }
}

interface StopRequest {
  readonly path: string;
  readonly body: unknown;
}

function requestsFor(
  { action, target, reason }: StopOrder,
  liveAgents: readonly string[] | null,
): readonly StopRequest[] | null {
  if (action === 'kill-switch') return [{ path: '/admin/kill-switch', body: { on: true, reason } }];
  if (target.kind !== 'all') return [{ path: `${pathOf(target)}/${action}`, body: { reason } }];
  if (action === 'pause') return [{ path: '/admin/pause-all', body: { reason } }];
  if (liveAgents === null) return null;
  return liveAgents.map((id) => ({
    path: `/agents/${encodeURIComponent(id)}/kill`,
    body: { reason },
  }));
}

export function pathOf(target: Exclude<Target, { kind: 'all' }>): string {
  return target.kind === 'run' ? `/runs/${target.runId}` : `/agents/${encodeURIComponent(target.agentId)}`;
}
