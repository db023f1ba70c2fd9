// The runs as their folders tell: each holds the handle of its process tree, so that trees are found without the store.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runLayout } from '../../config/entry.ts';
import { isId } from '../../core/id.ts';
import { isAlive, type TreeHandle } from '../../process/entry.ts';
import type { Project } from '../project.ts';

export interface RunFolder {
  readonly runId: string;
  readonly dir: string;
  /** Null while the agent is not spawned. */
  readonly tree: TreeHandle | null;
  /** As its process was told; null when that can't be read. */
  readonly agentId: string | null;
}

export function readRunFolders(project: Project): readonly RunFolder[] {
  return namesIn(project.state.runs)
    .filter((name) => isId('run', name))
    .sort()
    .map((runId) => {
      const { dir, tree: path } = runLayout(project.state, runId);
      const tree = parseTree(readText(path));
      return { runId, dir, tree, agentId: tree === null ? null : agentOf(tree) };
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

function agentOf(tree: TreeHandle): string | null {
  if (!isAlive(tree.root)) return null;
  const environment = readText(join('/proc', String(tree.root.pid), 'environ')) ?? '';
  const entry = environment.split('\0').find((each) => each.startsWith('GOVERNED_AGENT_ID='));
  return entry?.slice('GOVERNED_AGENT_ID='.length) ?? null;
}

/** Null for what is no handle; a file cut off by a full disk is as good as missing. */
function parseTree(text: string | null): TreeHandle | null {
  if (text === null) return null;
  try {
    return asHandle(JSON.parse(text));
  } catch {
    return null;
  }
}

function asHandle(value: unknown): TreeHandle | null {
  if (!isRecord(value) || !isRecord(value['root'])) return null;
  const { root, marker } = value;
  const { pid, start_ticks: startTicks, boot_id: bootId } = root;
  const isHandle =
    typeof pid === 'number' &&
    typeof startTicks === 'number' &&
    typeof bootId === 'string' &&
    typeof marker === 'string';
  return isHandle ? { root: { pid, startTicks, bootId }, marker } : null;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
