// What can be known before stopping: from the store when it can be read, from the folders in any case.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type AgentRow, openStore, type RunRow, readAgents, readLiveRuns } from '../../store/entry.ts';
import type { Project } from '../project.ts';
import { type RunOnDisk, readRunsOnDisk } from './runs-on-disk.ts';
import { type Known, knownFrom } from './target.ts';

export interface Sight {
  readonly known: Known;
  readonly folders: readonly RunOnDisk[];
  /** Why the store can't be read; null when it can. */
  readonly storeFault: string | null;
}

/** A locked store must not hold up a stop. */
const BUSY_MS = 300;

export function look(project: Project): Sight {
  const folders = readRunsOnDisk(project);
  const seen = readStore(project);
  if (typeof seen === 'string') return { known: knownFrom(null, folders), folders, storeFault: seen };
  return {
    known: knownFrom({ ...seen, configured: configuredAgents(project) }, folders),
    folders,
    storeFault: null,
  };
}

function readStore(
  project: Project,
): { readonly agents: readonly AgentRow[]; readonly live: readonly RunRow[] } | string {
  try {
    const store = openStore(project.state.store, { mode: 'read', busyMs: BUSY_MS });
    try {
      return { agents: readAgents(store), live: readLiveRuns(store) };
    } finally {
      store.close();
    }
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function configuredAgents(project: Project): readonly string[] {
  try {
    return readdirSync(join(project.dir, 'agents'), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name);
  } catch {
    // A project without agents/ has none to name.
    return [];
  }
}
