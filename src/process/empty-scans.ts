// When a tree counts as gone: after two scans in a row that show nothing of it and in which nothing of it could hide. A child that was forked
// behind the first shows in the second.
import type { ProcStat } from './proc-stat.ts';
import { mayHide, type Snapshot } from './snapshot.ts';

const ENOUGH = 2;

/** `before`: what it gave for the scan before, at first 0. `members`: what this scan shows of the tree. */
export function emptyScans(before: number, snapshot: Snapshot, members: readonly ProcStat[]): number {
  if (members.length > 0) return 0;
  return mayHide(snapshot) ? before : before + 1;
}

export function isGone(scans: number): boolean {
  return scans >= ENOUGH;
}
