// Stops every process of a tree, at once and synchronously. The group of the root is stopped before anything is looked
// at; a tree counts as frozen only when a whole scan finds nothing but processes verified as stopped before it began.
import { abilities } from './abilities.ts';
import { freezeGroup } from './group-fallback.ts';
import { membersOf } from './members.ts';
import { napSync } from './nap.ts';
import { isOwnTree } from './own-line.ts';
import { type ProcStat, readStat } from './proc-stat.ts';
import { bootId } from './process-id.ts';
import { signalGroup, signalPid } from './signal.ts';
import { mayHide, type Snapshot, takeSnapshot } from './snapshot.ts';
import { stopState } from './stop-state.ts';
import { type TreeMember, toMember } from './tree.ts';
import type { TreeHandle } from './tree-handle.ts';

export interface FreezeResult {
  /**
   * `incomplete`: something was still running at the limit, or may not be signalled. `unverified`: signalled, but not
   * visible on this system. `own_tree`: refused, nothing was signalled, because this process is in that tree.
   */
  readonly result: 'frozen' | 'gone' | 'incomplete' | 'unverified' | 'own_tree';
  readonly members: readonly TreeMember[];
  /** Processes that this user may not signal. */
  readonly denied: readonly TreeMember[];
  readonly rounds: number;
  readonly elapsedMs: number;
}

export interface FreezeOptions {
  /** The call blocks for at most about this long. */
  readonly limitMs?: number;
}

const DEFAULT_LIMIT_MS = 500;
const SETTLE_LIMIT_MS = 25;
/** How long an uninterruptible wait may take to end before its pending stop is taken as good as the stop. */
const STOPPING_PATIENCE_MS = 10;

interface Attempt {
  readonly handle: TreeHandle;
  readonly verified: Set<string>;
  readonly denied: Map<number, TreeMember>;
  members: readonly ProcStat[];
  rounds: number;
  isDone: boolean;
  result: FreezeResult['result'];
  elapsedMs: number;
}

export function freezeTree(handle: TreeHandle, options: FreezeOptions = {}): FreezeResult {
  const [result] = freezeTrees([handle], options);
  if (result === undefined) throw new Error('A freeze of one tree gave no result.');
  return result;
}

/** Freezes many trees with shared scans, in the order of the handles. */
export function freezeTrees(
  handles: readonly TreeHandle[],
  { limitMs = DEFAULT_LIMIT_MS }: FreezeOptions = {},
): readonly FreezeResult[] {
  return abilities().seesTrees ? freezeAndLook(handles, limitMs).results : handles.map(freezeGroup);
}

/** Gives the last scan too, for those who go on from there. Only where trees are seen. */
export function freezeAndLook(
  handles: readonly TreeHandle[],
  limitMs: number,
): { readonly results: readonly FreezeResult[]; readonly snapshot: Snapshot } {
  const startedMs = performance.now();
  const attempts = handles.map(newAttempt);
  let open = attempts.filter(({ isDone }) => !isDone);
  for (const { handle } of open) stopRootGroup(handle);
  let snapshot: Snapshot | undefined;
  do {
    snapshot = takeSnapshot(handles, snapshot);
    for (const attempt of open) stopSeen(attempt, snapshot, startedMs);
    open = open.filter(({ isDone }) => !isDone);
    settle(open, startedMs + limitMs);
  } while (open.length > 0 && performance.now() - startedMs < limitMs);
  const endedMs = performance.now();
  for (const attempt of open) attempt.elapsedMs = endedMs - startedMs;
  return { results: attempts.map(toResult), snapshot };
}

function newAttempt(handle: TreeHandle): Attempt {
  const isRefused = isOwnTree(handle);
  return {
    handle,
    verified: new Set(),
    denied: new Map(),
    members: [],
    rounds: 0,
    isDone: isRefused,
    result: isRefused ? 'own_tree' : 'incomplete',
    elapsedMs: 0,
  };
}

function stopRootGroup({ root }: TreeHandle): void {
  const stat = readStat(root.pid);
  const isRoot = stat?.startTicks === root.startTicks && root.bootId === bootId();
  const isOurGroup = readStat(process.pid)?.groupId === root.pid;
  if (isRoot && stat.groupId === root.pid && !isOurGroup) signalGroup(root.pid, 'SIGSTOP');
}

function stopSeen(attempt: Attempt, snapshot: Snapshot, startedMs: number): void {
  const { members, groups } = membersOf(snapshot, attempt.handle);
  const moving = members.filter((stat) => !attempt.verified.has(key(stat)) || stopState(stat) === 'running');
  attempt.rounds += 1;
  attempt.members = members;
  // One scan is not enough, even an empty one: a child forked behind it shows only in the next.
  if (attempt.rounds > 1 && moving.every((stat) => attempt.denied.has(stat.pid))) {
    attempt.result = moving.length > 0 ? 'incomplete' : members.length === 0 ? 'gone' : 'frozen';
    attempt.isDone = !mayHide(snapshot);
    attempt.elapsedMs = performance.now() - startedMs;
    return;
  }
  attempt.result = 'incomplete';
  const movingGroups = new Set(moving.map((stat) => stat.groupId));
  for (const group of groups) if (movingGroups.has(group)) signalGroup(group, 'SIGSTOP');
  for (const stat of moving) {
    attempt.verified.delete(key(stat));
    if (signalPid(stat.pid, 'SIGSTOP') === 'denied') attempt.denied.set(stat.pid, toMember(stat, false));
  }
}

/** Waits until everything that was signalled stands still, or a new scan is due. */
function settle(open: readonly Attempt[], deadlineMs: number): void {
  const startedMs = performance.now();
  const untilMs = Math.min(deadlineMs, startedMs + SETTLE_LIMIT_MS);
  let moving = open.flatMap((attempt) =>
    attempt.members
      .filter((stat) => !attempt.verified.has(key(stat)) && !attempt.denied.has(stat.pid))
      .map((stat) => ({ attempt, stat })),
  );
  for (let looks = 0; moving.length > 0; looks += 1) {
    const waitedMs = performance.now() - startedMs;
    moving = moving.filter(({ attempt, stat }) => {
      const now = readStat(stat.pid);
      if (now?.startTicks !== stat.startTicks) return false;
      const state = stopState(now);
      if (state === 'running' || (state === 'stopping' && waitedMs < STOPPING_PATIENCE_MS)) return true;
      attempt.verified.add(key(stat));
      return false;
    });
    if (moving.length === 0 || performance.now() >= untilMs) return;
    if (looks > 1) napSync(Math.min(0.1 * looks, 1));
  }
}

function key(stat: ProcStat): string {
  return `${stat.pid}:${stat.startTicks}`;
}

function toResult({ members, denied, verified, result, rounds, elapsedMs }: Attempt): FreezeResult {
  return {
    result,
    members: members.map((stat) => toMember(stat, verified.has(key(stat)))),
    denied: [...denied.values()],
    rounds,
    elapsedMs,
  };
}
