// Stops runs: the trees first, by signals that this process sends itself, and then the record. When the record can't be written (disk
// full, store locked or damaged) the stop holds all the same: it is marked in the runs' folders and recorded later.

import { setStopMark } from '../../config/entry.ts';
import type { Transaction } from '../../governor/transaction.ts';
import { freezeTrees, killTrees, type TreeHandle } from '../../process/entry.ts';
import { type Answer, json } from '../answer.ts';
import type { ServerContext } from '../context.ts';
import { problemOfFault } from '../problem.ts';
import { findRunTrees, type RunTree } from './run-trees.ts';

export interface Stop {
  readonly kind: 'pause' | 'kill';
  readonly reason: string;
  /** Which of the runs that may live. */
  readonly of: (run: RunTree) => boolean;
  /** Whether the mark goes to the whole state: the kill switch. */
  readonly everything?: boolean;
  /** Records it; false when it stood so already. */
  readonly record: (tx: Transaction) => boolean;
}

const MARK_AFTER_MS = 200;

interface StoppedRun {
  readonly run_id: string;
  /** frozen, killed, gone, incomplete, unverified, or not_spawned. */
  readonly processes: string;
  readonly elapsed_ms: number;
}

export async function stop(context: ServerContext, wanted: Stop): Promise<Answer> {
  const targets = findRunTrees(context.store, context.layout).runs.filter(wanted.of);
  const ending = signal(wanted.kind, targets);
  // A store that keeps us waiting (locked, say) must not leave the runner in doubt about why its tree stopped.
  let early = false;
  const soon = setTimeout(() => {
    early = mark(context, wanted, targets);
  }, MARK_AFTER_MS);
  try {
    const changed = await context.governor.commit(wanted.record);
    clearTimeout(soon);
    if (early) unmark(context, wanted, targets);
    return json({
      result: word(wanted.kind),
      changed,
      recorded: true,
      reason: wanted.reason,
      runs: await ending,
    });
  } catch (error) {
    clearTimeout(soon);
    // A bug in recording does not undo the stop either, but it is not hidden.
    const fault = problemOfFault(error);
    if (fault === null) throw error;
    const marked = mark(context, wanted, targets);
    const hint = marked
      ? 'the stop is marked in the state folder and goes into the record as soon as it can be written'
      : 'the processes are stopped, but not even a mark could be set: look at the disk before anything is resumed';
    return json(
      {
        result: word(wanted.kind),
        recorded: false,
        marked,
        reason: wanted.reason,
        runs: await ending,
        code: fault.code,
        detail: fault.detail,
        hint,
      },
      202,
    );
  }
}

function word(kind: Stop['kind']): string {
  return kind === 'pause' ? 'paused' : 'killed';
}

async function signal(kind: Stop['kind'], targets: readonly RunTree[]): Promise<StoppedRun[]> {
  const spawned = targets.filter((run): run is RunTree & { readonly tree: TreeHandle } => run.tree !== null);
  const trees = spawned.map((run) => run.tree);
  if (trees.length === 0) return targets.map(notSpawned);
  const results = kind === 'pause' ? freezeTrees(trees) : await killTrees(trees);
  return [
    ...spawned.map((run, index) => ({
      run_id: run.runId,
      processes: results[index]?.result ?? 'unverified',
      elapsed_ms: Math.round((results[index]?.elapsedMs ?? 0) * 10) / 10,
    })),
    ...targets.filter((run) => run.tree === null).map(notSpawned),
  ];
}

function notSpawned(run: RunTree): StoppedRun {
  return { run_id: run.runId, processes: 'not_spawned', elapsed_ms: 0 };
}

function mark(context: ServerContext, wanted: Stop, targets: readonly RunTree[]): boolean {
  try {
    if (wanted.everything === true) setStopMark(context.layout.dir, wanted.kind, wanted.reason);
    for (const run of targets) setStopMark(run.dir, wanted.kind, wanted.reason);
    return true;
  } catch (error) {
    context.log(`a stop can't be marked: ${error instanceof Error ? error.message : String(error)}`);
    return false;
  }
}

/** Throws away what `mark` set; a mark that can't go is taken for an order to stop again, which the record answers. */
function unmark(context: ServerContext, wanted: Stop, targets: readonly RunTree[]): void {
  try {
    if (wanted.everything === true) setStopMark(context.layout.dir, 'none');
    for (const run of targets) setStopMark(run.dir, 'none');
  } catch (error) {
    context.log(`a mark can't be taken away: ${error instanceof Error ? error.message : String(error)}`);
  }
}
