// The folders of the runs, by which process trees are found and stopped without the store: each says whose it is and, once its agent was
// spawned, which tree it is. What can't be read says nothing: stopping goes on with the others.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isId } from '../core/id.ts';
import { runLayout, type StateLayout } from './state-layout.ts';
import { prepareStopMark } from './stop-marker.ts';

export interface RunFolder {
  readonly runId: string;
  readonly dir: string;
  readonly agentId: string | null;
  /** The handle of its tree, as JSON; null until it was spawned. */
  readonly treeJson: string | null;
}

/** Makes the folder of a run, with what stopping it needs when there is no store. */
export function createRunFolder(layout: StateLayout, runId: string, agentId: string): string {
  const { dir } = runLayout(layout, runId);
  prepareStopMark(dir);
  writeFileSync(aboutFile(dir), `${JSON.stringify({ run_id: runId, agent_id: agentId })}\n`, { mode: 0o600 });
  return dir;
}

/** The oldest first. */
export function readRunFolders(layout: StateLayout): readonly RunFolder[] {
  return namesIn(layout.runs)
    .filter((name) => isId('run', name))
    .sort()
    .map((runId) => readRunFolder(layout, runId));
}

function readRunFolder(layout: StateLayout, runId: string): RunFolder {
  const { dir } = runLayout(layout, runId);
  // A file that a full disk cut off may still say it.
  const agentId = /"agent_id":"([^"\\]+)"/.exec(readText(aboutFile(dir)) ?? '')?.[1] ?? null;
  return { runId, dir, agentId, treeJson: readTreeJson(layout, runId) };
}

/** The handle of the tree of a run; null until it was spawned. */
export function readTreeJson(layout: StateLayout, runId: string): string | null {
  return readText(runLayout(layout, runId).tree);
}

function aboutFile(dir: string): string {
  return join(dir, 'run.json');
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
    // Not there yet; a file that can't be read tells as little.
    return null;
  }
}
