// Whether a raise was enough for what waits at a cap: it asks again at once, and stands at a cap again where it still asks for more than there
// is.
import { setTimeout as delay } from 'node:timers/promises';
import { runScope } from '../governor/entry.ts';
import {
  type AgentRow,
  type RunRow,
  readAgents,
  readBalance,
  readLiveRuns,
  type Store,
} from '../store/entry.ts';
import type { CapOwner } from './cap-owner.ts';
import type { Project } from './project.ts';
import { openForReading } from './state.ts';

/** Runs that stand at a cap, each with its model calls until then. */
export type AtCap = ReadonlyMap<string, number>;

export interface PausedAgain {
  readonly run_id: string;
  readonly reason: string;
}

/** What waits asks within a few hundredths of a second, after a long pause within half a second. */
const LOOK_MS = 2_000;
const LOOK_EVERY_MS = 50;

/** Before the raise. */
export function runsAtCap(project: Project, owner: CapOwner): AtCap {
  return reading(project, (store) => {
    const ofOwner = standing(store).filter((run) => isOf(run, owner));
    return new Map(ofOwner.map(({ id }) => [id, callsOf(store, id)]));
  });
}

/** After the raise. Answers early once each of them made a call, ended or was paused again. */
export async function pausedAgain(project: Project, before: AtCap): Promise<readonly PausedAgain[]> {
  for (const untilMs = performance.now() + LOOK_MS; ; await delay(LOOK_EVERY_MS)) {
    const { again, isOver } = reading(project, (store) => lookAgain(store, before));
    if (isOver || performance.now() >= untilMs) return again;
  }
}

function lookAgain(store: Store, before: AtCap) {
  const live = new Set(readLiveRuns(store).map(({ id }) => id));
  const again = standing(store).flatMap(({ id, pause_reason: reason }) =>
    before.has(id) ? [{ run_id: id, reason: reason ?? 'no reason was recorded' }] : [],
  );
  const isPaused = new Set(again.map(({ run_id: id }) => id));
  const isOver = [...before].every(
    ([id, calls]) => isPaused.has(id) || !live.has(id) || callsOf(store, id) > calls,
  );
  return { again, isOver };
}

/** Live runs that a cap paused, of their own or with their agent. */
function standing(store: Store): readonly RunRow[] {
  const agents = new Map<string, AgentRow>(readAgents(store).map((agent) => [agent.id, agent]));
  return readLiveRuns(store).filter(
    ({ status, pause_source: source, agent_id: agentId }) =>
      status === 'paused' &&
      (source === 'cap' || (source === 'agent' && agents.get(agentId)?.pause_source === 'cap')),
  );
}

function isOf(run: RunRow, owner: CapOwner): boolean {
  if (owner.kind === 'agent') return run.agent_id === owner.id;
  return owner.kind === 'project' || run.group_name === owner.name;
}

/** With those that are under way: settling one changes nothing. */
function callsOf(store: Store, runId: string): number {
  const { posted_llm_calls: posted, reserved_llm_calls: reserved } = readBalance(store, runScope(runId));
  return posted + reserved;
}

function reading<T>(project: Project, read: (store: Store) => T): T {
  const store = openForReading(project);
  try {
    return read(store);
  } finally {
    store.close();
  }
}
