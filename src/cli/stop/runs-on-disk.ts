// The runs as their folders tell: each holds the handle of its process tree, so that trees are found without the store.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readRunFolders } from '../../config/entry.ts';
import { isAlive, parseTreeJson, type TreeHandle } from '../../process/entry.ts';
import type { Project } from '../project.ts';

export interface RunOnDisk {
  readonly runId: string;
  readonly dir: string;
  /** Null while the agent is not spawned. */
  readonly tree: TreeHandle | null;
  /** Null when neither the folder nor the process tells. */
  readonly agentId: string | null;
}

export function readRunsOnDisk(project: Project): readonly RunOnDisk[] {
  return readRunFolders(project.state).map(({ runId, dir, agentId, treeJson }) => {
    // Cut off by a full disk is as good as missing.
    const tree = treeJson === null ? null : parseTreeJson(treeJson);
    return { runId, dir, tree, agentId: agentId ?? (tree === null ? null : agentOf(tree)) };
  });
}

/** Whether its root lives; what it left behind alone is for the watchdog to find. */
export function hasLiveRoot(run: RunOnDisk): boolean {
  return run.tree !== null && isAlive(run.tree.root);
}

/** As the process was told. */
function agentOf({ root }: TreeHandle): string | null {
  if (!isAlive(root)) return null;
  const entry = environmentOf(root.pid)
    .split('\0')
    .find((each) => each.startsWith('GOVERNED_AGENT_ID='));
  return entry?.slice('GOVERNED_AGENT_ID='.length) ?? null;
}

function environmentOf(pid: number): string {
  try {
    return readFileSync(join('/proc', String(pid), 'environ'), 'utf8');
  } catch {
    // It has ended, or there is no /proc.
    return '';
  }
}
