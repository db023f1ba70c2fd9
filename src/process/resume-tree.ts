// Lets a frozen tree run on. The root goes last, so that it finds its children running when it looks at them.
import { abilities } from './abilities.ts';
import { resumeGroup } from './group-fallback.ts';
import { membersOf } from './members.ts';
import { isOwnTree } from './own-line.ts';
import { readStat } from './proc-stat.ts';
import { signalPid } from './signal.ts';
import { takeSnapshot } from './snapshot.ts';
import { type TreeMember, toMember } from './tree.ts';
import type { TreeHandle } from './tree-handle.ts';

export interface ResumeResult {
  /** `incomplete`: some could not be continued, see `denied`. */
  readonly result: 'resumed' | 'gone' | 'incomplete' | 'unverified' | 'own_tree';
  readonly members: readonly TreeMember[];
  readonly denied: readonly TreeMember[];
}

export function resumeTree(handle: TreeHandle): ResumeResult {
  if (!abilities().seesTrees) return resumeGroup(handle);
  if (isOwnTree(handle)) return { result: 'own_tree', members: [], denied: [] };
  const { members } = membersOf(takeSnapshot([handle]), handle);
  if (members.length === 0) return { result: 'gone', members: [], denied: [] };
  const denied = members
    .toReversed()
    .filter((stat) => signalPid(stat.pid, 'SIGCONT') === 'denied')
    .map((stat) => toMember(stat, readStat(stat.pid)?.state === 'T'));
  return {
    result: denied.length > 0 ? 'incomplete' : 'resumed',
    members: members.map((stat) =>
      toMember(
        stat,
        denied.some(({ pid }) => pid === stat.pid),
      ),
    ),
    denied,
  };
}
