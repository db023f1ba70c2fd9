// The live runs: those of the store, or, while it can't be read, those whose folder names a tree that still lives. A run that is no
// longer live leaves the roster, and its tree with it.
import { readdirSync, readFileSync } from 'node:fs';
import { type RunLayout, runLayout, type StateLayout } from '../config/state-layout.ts';
import { isMissing } from '../core/fault-code.ts';
import { isId } from '../core/id.ts';
import { parseProcessJson, parseTreeJson, type TreeHandle } from '../process/entry.ts';
import type { Store } from '../store/open.ts';
import { type RunRow, readLiveRuns, readRun } from '../store/read/runs.ts';
import { lookAtTrees } from './look-at-trees.ts';
import { newWatchedRun, type WatchedRun } from './watched-run.ts';

export interface EndedTree {
  readonly runId: string;
  readonly tree: TreeHandle;
}

export interface Roster {
  readonly size: number;
  get(runId: string): WatchedRun | undefined;
  all(): readonly WatchedRun[];
  ofAgent(agentId: string): readonly WatchedRun[];
  /** Takes the live runs from the store; gives those that are no longer live and left a tree. */
  refresh(store: Store): readonly EndedTree[];
  /** The tree of a run that may have come and gone between two looks; null when it had none. */
  treeOf(store: Store, runId: string): TreeHandle | null;
  /** Takes runs from their folders whose trees live; those known already stay as they are. */
  addFromFolders(): void;
  /** Trees on disk that still live though the store says that their run is over. */
  leftBehind(): readonly EndedTree[];
}

/** Folders are looked through at a start only, the newest first. */
const MOST_FOLDERS = 1_000;

export function createRoster(layout: StateLayout): Roster {
  const runs = new Map<string, WatchedRun>();

  const liveFolders = (): readonly EndedTree[] => {
    const found = folderNames(layout.runs)
      .filter((runId) => !runs.has(runId))
      .flatMap((runId) => {
        const tree = readTree(runLayout(layout, runId).tree);
        return tree === null ? [] : [{ runId, tree }];
      });
    const members = lookAtTrees(found.map(({ tree }) => tree));
    return found.filter((_, index) => (members[index]?.length ?? 0) > 0);
  };

  return {
    get size() {
      return runs.size;
    },
    get: (runId) => runs.get(runId),
    all: () => [...runs.values()],
    ofAgent: (agentId) => [...runs.values()].filter((run) => run.row?.agent_id === agentId),
    refresh(store) {
      const rows = readLiveRuns(store);
      const live = new Set(rows.map((row) => row.id));
      const ended: EndedTree[] = [];
      for (const run of runs.values()) {
        if (live.has(run.id)) continue;
        runs.delete(run.id);
        if (run.tree !== null) ended.push({ runId: run.id, tree: run.tree });
      }
      for (const row of rows) {
        const run = runs.get(row.id) ?? newWatchedRun(row.id, runLayout(layout, row.id));
        runs.set(row.id, run);
        run.row = row;
        run.runner ??= parseProcessJson(row.runner);
        run.tree ??= treeIn(row, run.layout);
      }
      return ended;
    },
    treeOf(store, runId) {
      const row = readRun(store, runId);
      return row === null ? null : treeIn(row, runLayout(layout, runId));
    },
    addFromFolders() {
      for (const { runId, tree } of liveFolders()) {
        runs.set(runId, { ...newWatchedRun(runId, runLayout(layout, runId)), tree });
      }
    },
    leftBehind: liveFolders,
  };
}

function folderNames(path: string): readonly string[] {
  try {
    return readdirSync(path)
      .filter((name) => isId('run', name))
      .sort()
      .slice(-MOST_FOLDERS);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

/** The store's word before that of a file, which more programs can write. */
function treeIn(row: RunRow, { tree: path }: RunLayout): TreeHandle | null {
  return (row.tree === null ? null : parseTreeJson(row.tree)) ?? readTree(path);
}

function readTree(path: string): TreeHandle | null {
  try {
    return parseTreeJson(readFileSync(path, 'utf8'));
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}
