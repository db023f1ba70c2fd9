// The process trees of a target: which they are, stopping them from here, and looking whether they are stopped.
import { setTimeout as delay } from 'node:timers/promises';
import { freezeTrees, killTrees, listTree, resumeTree, type TreeHandle } from '../../process/entry.ts';
import type { Sight } from './look.ts';
import { hasLiveRoot, type RunOnDisk } from './runs-on-disk.ts';
import type { Target } from './target.ts';

export interface TreeState {
  readonly run_id: string;
  readonly state: 'frozen' | 'gone' | 'running' | 'refused';
  readonly processes: number;
}

interface Tree {
  readonly runId: string;
  readonly handle: TreeHandle;
}

export function treesOf(target: Target, sight: Sight): readonly Tree[] {
  return foldersOf(target, sight).flatMap(({ runId, tree }) =>
    tree === null ? [] : [{ runId, handle: tree }],
  );
}

/** The folders of the runs that a target means. Those that live by the store, and those whose root lives whatever it says. */
export function foldersOf(target: Target, { folders, known }: Sight): readonly RunOnDisk[] {
  if (target.kind === 'run') return folders.filter(({ runId }) => runId === target.runId);
  const live = known.liveRuns;
  if (live === null) {
    return target.kind === 'all' ? folders : folders.filter(({ agentId }) => agentId === target.agentId);
  }
  const agentOf = new Map(live.map((run) => [run.id, run.agent_id]));
  return folders.filter((folder) => {
    const agentId = agentOf.get(folder.runId) ?? (hasLiveRoot(folder) ? folder.agentId : undefined);
    if (agentId === undefined) return false;
    return target.kind === 'all' || agentId === target.agentId;
  });
}

export function freezeAll(trees: readonly Tree[]): readonly TreeState[] {
  const results = freezeTrees(trees.map(({ handle }) => handle));
  return trees.map(({ runId }, index) => {
    const found = results[index];
    const state = found?.result === 'frozen' || found?.result === 'gone' ? found.result : 'running';
    return {
      run_id: runId,
      state: found?.result === 'own_tree' ? 'refused' : state,
      processes: found?.members.length ?? 0,
    };
  });
}

export async function killAll(trees: readonly Tree[]): Promise<readonly TreeState[]> {
  const results = await killTrees(trees.map(({ handle }) => handle));
  return trees.map(({ runId }, index) => {
    const found = results[index];
    const ended = found?.result === 'killed' || found?.result === 'gone';
    return {
      run_id: runId,
      state: ended ? 'gone' : 'running',
      processes: ended ? found.killedCount : (found?.survivors.length ?? 0),
    };
  });
}

export function resumeTrees(trees: readonly Tree[]): void {
  for (const { handle } of trees) resumeTree(handle);
}

/** Waits until every tree stands as it should, or the time is over; tells how each stands. */
export async function awaitTrees(
  trees: readonly Tree[],
  action: 'pause' | 'kill',
  limitMs: number,
): Promise<readonly TreeState[]> {
  const deadlineMs = performance.now() + limitMs;
  for (;;) {
    const states = trees.map(stateOf);
    const settled = states.every(
      ({ state }) => state === 'gone' || (action === 'pause' && state === 'frozen'),
    );
    if (settled || performance.now() >= deadlineMs) return states;
    await delay(20);
  }
}

function stateOf({ runId, handle }: Tree): TreeState {
  const members = listTree(handle);
  const state =
    members.length === 0 ? 'gone' : members.every(({ stopped }) => stopped) ? 'frozen' : 'running';
  return { run_id: runId, state, processes: members.length };
}
