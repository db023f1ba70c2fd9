// Finds the process trees of runs without needing the store: each run's folder says whose it is and, once it was spawned, which
// tree it is. While the store can be read, it says which runs live.
import {
  type RunFolder,
  readRunFolders,
  readTreeJson,
  runLayout,
  type StateLayout,
} from '../../config/entry.ts';
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

/** Every run that may live. When the store can't be read: every run that has a folder. */
export function findRunTrees(
  store: Store,
  layout: StateLayout,
): { readonly runs: readonly RunTree[]; readonly storeRead: boolean } {
  try {
    const runs = readLiveRuns(store).map((run) => {
      const { dir } = runLayout(layout, run.id);
      const tree = toTree(run.tree) ?? toTree(readTreeJson(layout, run.id));
      return { runId: run.id, agentId: run.agent_id, dir, tree };
    });
    return { runs, storeRead: true };
  } catch {
    // Whatever is wrong with the store, stopping goes on without it.
    return { runs: readRunFolders(layout).map(toRunTree), storeRead: false };
  }
}

function toRunTree({ runId, dir, agentId, treeJson }: RunFolder): RunTree {
  return { runId, agentId: agentId ?? '', dir, tree: toTree(treeJson) };
}

/** Cut off by a full disk is as good as missing. */
function toTree(json: string | null): TreeHandle | null {
  return json === null ? null : parseTreeJson(json);
}
