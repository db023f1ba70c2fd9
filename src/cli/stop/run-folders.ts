// The runs as their folders tell: each holds the handle of its process tree, so that trees are found without the store.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runLayout } from '../../config/entry.ts';
import { isId } from '../../core/id.ts';
import { isAlive, parseTreeJson, type TreeHandle } from '../../process/entry.ts';
import type { Project } from '../project.ts';

export interface RunFolder {
  readonly runId: string;
  readonly dir: string;
  /** Null while the agent is not spawned. */
  readonly tree: TreeHandle | null;
  /** Null when neither the folder nor the process tells. */
  readonly agentId: string | null;
}

export function readRunFolders(project: Project): readonly RunFolder[] {
  return namesIn(project.state.runs)
    .filter((name) => isId('run', name))
    .sort()
    .map((runId) => {
      const { dir, tree: path } = runLayout(project.state, runId);
      const text = readText(path);
      // Cut off by a full disk is as good as missing.
      const tree = text === null ? null : parseTreeJson(text);
      return { runId, dir, tree, agentId: agentOf(dir, tree) };
    });
}

/** Whether its root lives; what it left behind alone is for the watchdog to find. */
export function hasLiveRoot(folder: RunFolder): boolean {
  return folder.tree !== null && isAlive(folder.tree.root);
}

function namesIn(dir: string): readonly string[] {
  try {
    return readdirSync(dir);
  } catch {
    // No run was ever made, or the folder can't be read: there is nothing here to find trees by.
    return [];
  }
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // Without the file there is no tree yet; a file that can't be read tells as little.
    return null;
  }
}

/** As the server wrote it when it registered the run, else as the process was told. */
function agentOf(dir: string, tree: TreeHandle | null): string | null {
  const written = /"agent_id":"([^"\\]+)"/.exec(readText(join(dir, 'run.json')) ?? '')?.[1];
  if (written !== undefined || tree === null || !isAlive(tree.root)) return written ?? null;
  const environment = readText(join('/proc', String(tree.root.pid), 'environ')) ?? '';
  const entry = environment.split('\0').find((each) => each.startsWith('GOVERNED_AGENT_ID='));
  return entry?.slice('GOVERNED_AGENT_ID='.length) ?? null;
}
