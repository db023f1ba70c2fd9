// Decides which processes belong to a tree. Membership follows descent, the sessions and groups that the tree owns, and
// the marker that its processes inherit; never ourselves, our ancestors or anything older than the tree's root.
import { OperationError } from '../core/fault.ts';
import { isLive, type ProcStat } from './proc-stat.ts';
import { bootId } from './process-id.ts';
import { carriersOf, type Snapshot } from './snapshot.ts';
import type { TreeHandle } from './tree-handle.ts';

export interface Membership {
  /** The live ones, the root first when it lives. */
  readonly members: readonly ProcStat[];
  /** Groups in which nobody else is: they can be signalled as one. */
  readonly groups: readonly number[];
}

export function membersOf(snapshot: Snapshot, { root, marker }: TreeHandle): Membership {
  if (root.bootId !== bootId()) return { members: [], groups: [] };
  const { processes, outside } = snapshot;
  const known = new Map<number, ProcStat>();
  const waiting: ProcStat[] = [];

  const admit = (stat: ProcStat): void => {
    if (known.has(stat.pid) || outside.has(stat.pid) || stat.startTicks < root.startTicks) return;
    known.set(stat.pid, stat);
    waiting.push(stat);
  };
  // While a session or group exists its number is not given to a new process, so a leader that is gone was the tree's
  // own if one of its processes is in it; a leader that lives and is not ours makes it somebody else's.
  const isOwned = (leader: number, all: readonly ProcStat[]): boolean =>
    processes.has(leader) ? known.has(leader) : !all.some((stat) => outside.has(stat.pid));
  const admitWhole = (index: ReadonlyMap<number, readonly ProcStat[]>, leader: number): void => {
    const all = index.get(leader) ?? [];
    if (leader > 1 && isOwned(leader, all)) all.forEach(admit);
  };
  const follow = (): void => {
    for (let stat = waiting.pop(); stat !== undefined; stat = waiting.pop()) {
      snapshot.children.get(stat.pid)?.forEach(admit);
      admitWhole(snapshot.sessions, stat.sessionId);
      admitWhole(snapshot.groups, stat.groupId);
    }
  };

  const rootNow = processes.get(root.pid);
  if (rootNow?.startTicks === root.startTicks) {
    if (outside.has(root.pid)) throw ownTree(root.pid);
    // A root that is a zombie still leads: its pid is taken until it is reaped.
    admit(rootNow);
    follow();
  }
  carriersOf(snapshot, marker).forEach(admit);
  follow();
  return { members: [...known.values()].filter(isLive), groups: ownGroups(snapshot, known) };
}

function ownGroups(snapshot: Snapshot, known: ReadonlyMap<number, ProcStat>): readonly number[] {
  const groupIds = new Set([...known.values()].map((stat) => stat.groupId));
  return [...groupIds].filter(
    (id) => id > 1 && (snapshot.groups.get(id) ?? []).every((stat) => known.has(stat.pid)),
  );
}

function ownTree(rootPid: number): OperationError {
  return new OperationError({
    op: 'signal a process tree',
    message: `Process ${rootPid} is this process or one it was started by, so its tree cannot be stopped from here.`,
    code: 'own_tree',
    hint: 'Run the command from a terminal outside the run.',
  });
}
