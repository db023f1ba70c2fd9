// Lets the trees of resumed runs go on: the record first, then the signal, and only for runs that are not to stand still for another
// reason. Without a live watchdog a supervised run stays frozen: its runner lets it go on when there is one again.
import { BEAT_STALE_MS, type StateLayout } from '../../config/entry.ts';
import { readBeat, resumeTree } from '../../process/entry.ts';
import { readRun } from '../../store/read/runs.ts';
import type { ServerContext } from '../context.ts';
import { findRunTrees, type RunTree } from './run-trees.ts';

export function resumeTrees(context: ServerContext, of: (run: RunTree) => boolean): void {
  const watched = isWatchdogAlive(context.layout, context.clock());
  for (const run of findRunTrees(context.store, context.layout).runs.filter(of)) {
    const row = readRun(context.store, run.runId);
    if (row === null || row.ended_at_ms !== null || row.status === 'paused' || run.tree === null) continue;
    if (watched || row.supervised === 0) resumeTree(run.tree);
  }
}

export function isWatchdogAlive(layout: StateLayout, nowMs: number): boolean {
  return readBeat(layout.watchdogBeat, nowMs, BEAT_STALE_MS).state === 'alive';
}
