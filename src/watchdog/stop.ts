// Stops runs, always in the same order: the trees are frozen before anything else, then the stop is recorded, and a tree that is to
// end is killed after that. How long the freeze took, from the event that called for it, is kept with the record.
import { OperationError } from '../core/fault.ts';
import type { UseCase } from '../governor/governor.ts';
import { type FreezeResult, freezeTrees, killTrees, resumeTree, type TreeHandle } from '../process/entry.ts';
import type { LateRecord, LateRecords } from './late-records.ts';
import { inWords, type Notices } from './notices.ts';
import type { EndedTree } from './roster.ts';
import { nameOf, shouldStandStill, type WatchedRun } from './watched-run.ts';

export interface StopOrder {
  readonly key: string;
  readonly level: 'pause' | 'kill';
  /** The run that it is about first, then those that stop with it. */
  readonly runs: readonly WatchedRun[];
  /** When that was committed which calls for it, in milliseconds since the epoch. */
  readonly sinceMs: number;
  readonly what: string;
  readonly why: string;
  readonly record: (timing: StopTiming) => UseCase<unknown>;
  readonly mark: LateRecord['mark'];
}

export type StopTiming = {
  readonly detected_ms: number;
  readonly stopped_ms: number;
  readonly processes: number;
  /** The process tree after the freeze. */
  readonly tree: FreezeResult['result'] | 'none';
};

export interface Stopper {
  stop(order: StopOrder): void;
  /** Makes the trees do what is wanted of their runs by now. */
  enforce(runs: readonly WatchedRun[]): void;
  /** Kills trees until they are gone. */
  end(trees: readonly EndedTree[]): void;
  /** Some of those are not seen gone yet. */
  readonly isEnding: boolean;
  retryEnds(): void;
}

export function createStopper(records: LateRecords, notices: Notices): Stopper {
  const ending = new Map<string, TreeHandle>();
  const inFlight = new Set<string>();

  const freeze = (runs: readonly WatchedRun[]): FreezeResult | null => {
    const withTree = runs.flatMap((run) => (run.tree === null ? [] : [{ run, tree: run.tree }]));
    const results = freezeAll(
      withTree.map(({ tree }) => tree),
      notices,
    );
    withTree.forEach(({ run }, index) => {
      const result = results[index];
      run.stopped = result !== null && result !== undefined && result.result !== 'incomplete';
      run.strayStopSinceMs = null;
      const matter = `freeze ${run.id}`;
      if (run.stopped) notices.over(matter, `the tree of ${nameOf(run)} stands still now`);
      else notices.begin(matter, `part of the tree of ${nameOf(run)} still runs; freezing it again`);
    });
    return withTree[0]?.run === runs[0] ? (results[0] ?? null) : null;
  };

  const killAll = (trees: readonly EndedTree[]): void => {
    for (const { runId } of trees) inFlight.add(runId);
    const done = (): void => {
      for (const { runId } of trees) inFlight.delete(runId);
    };
    killTrees(trees.map(({ tree }) => tree)).then(
      (results) => {
        done();
        results.forEach((result, index) => {
          const runId = trees[index]?.runId ?? '';
          if (result.result === 'incomplete') {
            notices.begin(`kill ${runId}`, `part of the tree of ${runId} survived a kill; killing it again`);
          } else {
            ending.delete(runId);
            notices.over(`kill ${runId}`, `the tree of ${runId} is gone now`);
          }
        });
      },
      (error: unknown) => {
        done();
        // One that must not be signalled keeps none of the others from being killed.
        if (trees.length > 1) for (const tree of trees) killAll([tree]);
        else refuseEnd(trees[0]?.runId ?? '', error);
      },
    );
  };

  const refuseEnd = (runId: string, error: unknown): void => {
    if (error instanceof OperationError) ending.delete(runId);
    notices.begin(`kill ${runId}`, `the tree of ${runId} can't be killed: ${inWords(error)}`);
  };

  const end = (trees: readonly EndedTree[]): void => {
    const fresh = trees.filter(({ runId }) => !ending.has(runId));
    for (const { runId, tree } of fresh) ending.set(runId, tree);
    if (fresh.length > 0) killAll(fresh);
  };

  return {
    stop(order) {
      const detectedMs = Date.now() - order.sinceMs;
      const frozen = freeze(order.runs);
      const timing: StopTiming = {
        detected_ms: Math.max(0, detectedMs),
        stopped_ms: Math.max(0, Date.now() - order.sinceMs),
        processes: frozen?.members.length ?? 0,
        tree: frozen?.result ?? 'none',
      };
      for (const run of order.runs) {
        if (order.level === 'pause') run.held = true;
        else run.ending = true;
      }
      const { key, what, mark } = order;
      const runIds = order.runs.map((run) => run.id);
      notices.say(`${what}: ${order.why} (stopped after ${timing.stopped_ms} ms)`);
      records.add({ key, runIds, what, mark, record: order.record(timing) });
      if (order.level === 'kill') {
        end(order.runs.flatMap(({ id, tree }) => (tree === null ? [] : [{ runId: id, tree }])));
      }
    },
    enforce(runs) {
      const live = runs.filter((run) => run.tree !== null && !run.ending);
      const toFreeze = live.filter((run) => shouldStandStill(run) && !run.stopped);
      if (toFreeze.length > 0) freeze(toFreeze);
      for (const run of live) {
        if (run.stopped && !shouldStandStill(run)) letRun(run, notices);
      }
    },
    end,
    get isEnding() {
      return ending.size > 0;
    },
    retryEnds() {
      const again = [...ending]
        .filter(([runId]) => !inFlight.has(runId))
        .map(([runId, tree]) => ({ runId, tree }));
      if (again.length > 0) killAll(again);
    },
  };
}

export function letRun(run: WatchedRun, notices: Notices): void {
  run.stopped = false;
  run.strayStopSinceMs = null;
  if (run.tree === null) return;
  try {
    resumeTree(run.tree);
    notices.say(`${nameOf(run)} goes on`);
  } catch (error) {
    if (!(error instanceof OperationError)) throw error;
    notices.begin(`resume ${run.id}`, `the tree of ${nameOf(run)} can't be continued: ${inWords(error)}`);
  }
}

/** A handle that must not be signalled (one of our own ancestors, say) keeps none of the others from being frozen. */
function freezeAll(trees: readonly TreeHandle[], notices: Notices): readonly (FreezeResult | null)[] {
  if (trees.length === 0) return [];
  try {
    return freezeTrees(trees);
  } catch (error) {
    if (!(error instanceof OperationError)) throw error;
    notices.begin(`freeze ${error.code}`, `a tree can't be frozen: ${inWords(error)}`);
    return trees.length === 1 ? [null] : trees.flatMap((tree) => freezeAll([tree], notices));
  }
}
