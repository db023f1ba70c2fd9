// How much a tree works: the processor time of its processes, and of the children that they waited for.
import { OperationError } from '../core/fault.ts';
import { abilities } from './abilities.ts';
import { membersOf } from './members.ts';
import type { ProcStat } from './proc-stat.ts';
import { type Snapshot, takeSnapshot } from './snapshot.ts';
import type { TreeHandle } from './tree-handle.ts';

/** Of the figures in /proc, whatever the kernel itself counts in. */
const TICK_MS = 10;

/**
 * Gives back what says how many ms of processor time the tree used since it was asked last; the first time, since it was started. Infinity
 * when that can't be told and it may have worked all along. Always 0 where /proc is missing.
 */
export function workMeter(handle: TreeHandle): () => number {
  let snapshot: Snapshot | undefined;
  let before = new Map<number, ProcStat>();
  return () => {
    if (!abilities().seesTrees) return 0;
    let members: readonly ProcStat[];
    try {
      snapshot = takeSnapshot([handle], snapshot);
      members = membersOf(snapshot, handle).members;
    } catch (error) {
      // An agent can use up what it takes to look at it, and gains nothing by that.
      if (error instanceof OperationError) return Number.POSITIVE_INFINITY;
      throw error;
    }
    let ticks = 0;
    let waitedTicks = 0;
    const now = new Map(members.map((stat) => [stat.pid, stat]));
    for (const stat of members) {
      const seen = before.get(stat.pid);
      const isNew = seen?.startTicks !== stat.startTicks;
      // One after the other, each too short to be seen twice, they would use next to nothing.
      if (isNew && stat.state === 'R') ticks = Number.POSITIVE_INFINITY;
      ticks += stat.ownTicks - (isNew ? 0 : seen.ownTicks);
      waitedTicks += stat.waitedTicks - (isNew ? 0 : seen.waitedTicks);
    }
    // What a child did while it was seen is counted; whoever waited for it has that once more.
    const gone = [...before.values()].filter((stat) => now.get(stat.pid)?.startTicks !== stat.startTicks);
    const countedTicks = gone.reduce((sum, stat) => sum + stat.ownTicks + stat.waitedTicks, 0);
    before = now;
    return (ticks + Math.max(0, waitedTicks - countedTicks)) * TICK_MS;
  };
}
