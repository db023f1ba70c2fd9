// Who must never be stopped from here: this process and those it was started by. A tree that holds them is refused before
// a single signal is sent, for stopping our own line would leave nobody to finish the work or to undo it.

import { readStat } from './proc-stat.ts';
import { bootId } from './process-id.ts';
import type { TreeHandle } from './tree-handle.ts';

/** Process 1, this process and its ancestors. `parentOf` answers from a scan that was already made, or from /proc. */
export function ownLine(parentOf: (pid: number) => number | undefined): ReadonlySet<number> {
  const line = new Set([1]);
  for (let pid = process.pid; pid > 0 && !line.has(pid); pid = parentOf(pid) ?? 0) line.add(pid);
  return line;
}

/** Whether the root of the tree is of our own line, so that we are in the tree ourselves. */
export function isOwnTree({ root }: TreeHandle): boolean {
  if (root.bootId !== bootId() || !ownLine((pid) => readStat(pid)?.parentPid).has(root.pid)) return false;
  return readStat(root.pid)?.startTicks === root.startTicks;
}
