// The processes of a tree as others see them: named for good, with what they are called and whether they stand still.
import { abilities } from './abilities.ts';
import { listGroup } from './group-fallback.ts';
import { membersOf } from './members.ts';
import type { ProcStat } from './proc-stat.ts';
import { bootId, type ProcessId } from './process-id.ts';
import { takeSnapshot } from './snapshot.ts';
import { stopState } from './stop-state.ts';
import type { TreeHandle } from './tree-handle.ts';

export interface TreeMember extends ProcessId {
  readonly name: string;
  /** It runs no more of its program: it stands still, or will before the kernel lets it go on. */
  readonly stopped: boolean;
}

/** The live processes of the tree, the root first. Where /proc is missing: the root alone, if it lives. */
export function listTree(handle: TreeHandle): readonly TreeMember[] {
  return listTrees([handle])[0] ?? [];
}

/** Many trees with one scan, in the order of the handles. */
export function listTrees(handles: readonly TreeHandle[]): readonly (readonly TreeMember[])[] {
  if (!abilities().seesTrees) return handles.map(listGroup);
  const snapshot = takeSnapshot(handles);
  return handles.map((handle) =>
    membersOf(snapshot, handle).members.map((stat) => toMember(stat, stopState(stat) !== 'running')),
  );
}

export function toMember(stat: ProcStat, stopped: boolean): TreeMember {
  return { pid: stat.pid, startTicks: stat.startTicks, bootId: bootId(), name: stat.name, stopped };
}
