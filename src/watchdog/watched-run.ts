// What the watchdog knows of one live run, and whether its tree should stand still. The store says what is wanted; a stop that is not
// in the store yet, and a runner that does not answer, count as much.
import type { RunLayout } from '../config/state-layout.ts';
import { newRunWatch, type RunWatch } from '../core/watch/run-watch.ts';
import { type RunnerWatch, UNJUDGED } from '../core/watch/runner-lost.ts';
import type { ProcessId, TreeHandle } from '../process/entry.ts';
import type { RunRow } from '../store/read/runs.ts';

export interface WatchedRun {
  readonly id: string;
  readonly layout: RunLayout;
  /** As it stood in the store when that could last be read; null for a run known from its folder alone. */
  row: RunRow | null;
  tree: TreeHandle | null;
  runner: ProcessId | null;
  watch: RunWatch;
  supervision: RunnerWatch;
  /** Stopped by us, and not in the store yet. */
  held: boolean;
  /** It is being ended: no more is asked about it. */
  ending: boolean;
  /** Its tree was seen to stand still, by our doing. */
  stopped: boolean;
  /** Since when it stands still though nobody is known to want that, on a clock that is never set. */
  strayStopSinceMs: number | null;
}

export function newWatchedRun(id: string, layout: RunLayout): WatchedRun {
  return {
    id,
    layout,
    row: null,
    tree: null,
    runner: null,
    watch: newRunWatch(),
    supervision: UNJUDGED,
    held: false,
    ending: false,
    stopped: false,
    strayStopSinceMs: null,
  };
}

export function shouldStandStill(run: WatchedRun): boolean {
  return run.held || run.row?.status === 'paused' || run.supervision.supervision === 'stale';
}

/** "run_… (noop)" */
export function nameOf(run: WatchedRun): string {
  return run.row === null ? run.id : `${run.id} (${run.row.agent_id})`;
}
