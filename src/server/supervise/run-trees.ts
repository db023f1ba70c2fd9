// Finds the process trees of runs without needing the store: each run's folder says whose it is and, once it was spawned, which
// tree it is. While the store can be read, it says which runs live.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { prepareStopMark, runLayout, type StateLayout } from '../../config/entry.ts';
import { parseTreeJson, type TreeHandle } from '../../process/entry.ts';
import type { Store } from '../../store/open.ts';
import { readLiveRuns } from '../../store/read/runs.ts';

export interface RunTree {
  readonly runId: string;
  readonly agentId: string;
  readonly dir: string;
  /** Null until it was spawned. */
  readonly tree: TreeHandle | null;
}

/** Makes the folder of a run, with what stopping it needs when there is no store. */
export function createRunFolder(layout: StateLayout, runId: string, agentId: string): string {
  const { dir } = runLayout(layout, runId);
  prepareStopMark(dir);
  writeFileSync(join(dir, 'run.json'), `${JSON.stringify({ run_id: runId, agent_id: agentId })}\n`, {
    mode: 0o600,
  });
  return dir;
}

/** Every run that may live. When the store can't be read: every run that has a folder. */
export function findRunTrees(
  store: Store,
  layout: StateLayout,
): { readonly runs: readonly RunTree[]; readonly storeRead: boolean } {
  try {
    const runs = readLiveRuns(store).map((run) => {
      const { dir } = runLayout(layout, run.id);
      const tree = run.tree === null ? null : parseTreeJson(run.tree);
      return { runId: run.id, agentId: run.agent_id, dir, tree: tree ?? readTreeFile(layout, run.id) };
    });
    return { runs, storeRead: true };
  } catch {
    // Whatever is wrong with the store, stopping goes on without it.
    return { runs: runsByFolder(layout), storeRead: false };
  }
}

function runsByFolder(layout: StateLayout): RunTree[] {
  return namesIn(layout.runs).flatMap((runId) => {
    const { dir } = runLayout(layout, runId);
    const about = readJson(join(dir, 'run.json'));
    const agentId =
      typeof about === 'object' && about !== null && 'agent_id' in about ? String(about.agent_id) : '';
    return [{ runId, agentId, dir, tree: readTreeFile(layout, runId) }];
  });
}

function readTreeFile(layout: StateLayout, runId: string): TreeHandle | null {
  const value = readJson(runLayout(layout, runId).tree);
  return value === null ? null : parseTreeJson(JSON.stringify(value));
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as unknown;
  } catch {
    // Missing, or written half: nothing that could be used.
    return null;
  }
}

function namesIn(dir: string): string[] {
  try {
    return readdirSync(dir);
  } catch {
    // No folder, no runs.
    return [];
  }
}
