// Ends every process of a tree and verifies the end. The tree is frozen first, so that nothing forks away from the
// kill; what still appears (the kernel wakes the stopped groups of a dead leader) is found by the scans that follow.
import { setTimeout as delay } from 'node:timers/promises';
import { abilities } from './abilities.ts';
import { emptyScans, isGone } from './empty-scans.ts';
import { freezeAndLook } from './freeze-tree.ts';
import { killGroup } from './group-fallback.ts';
import { membersOf } from './members.ts';
import { isOwnTree } from './own-line.ts';
import { signalGroup, signalPid } from './signal.ts';
import { mayHide, type Snapshot, takeSnapshot } from './snapshot.ts';
import { type TreeMember, toMember } from './tree.ts';
import type { TreeHandle } from './tree-handle.ts';

export interface KillResult {
  /**
   * `gone`: nothing lived to begin with. `incomplete`: `survivors` still lived at the limit. `unverified`: the group
   * is gone, but others are not visible on this system. `own_tree`: refused, this process is in that tree.
   */
  readonly result: 'killed' | 'gone' | 'incomplete' | 'unverified' | 'own_tree';
  readonly killedCount: number;
  readonly survivors: readonly TreeMember[];
  /** Survivors that this user may not signal. */
  readonly denied: readonly TreeMember[];
  readonly elapsedMs: number;
}

export interface KillOptions {
  /** How long to wait for the verified end, besides the freeze before it. */
  readonly limitMs?: number;
  /** How long the freeze may block. */
  readonly freezeLimitMs?: number;
}

const DEFAULT_LIMIT_MS = 5_000;
const DEFAULT_FREEZE_LIMIT_MS = 200;
const MAX_POLL_MS = 25;

interface Attempt {
  readonly handle: TreeHandle;
  readonly signalled: Set<string>;
  survivors: readonly TreeMember[];
  denied: readonly TreeMember[];
  readonly isRefused: boolean;
  /** That were empty, in a row. */
  scans: number;
  elapsedMs: number;
}

export async function killTree(handle: TreeHandle, options: KillOptions = {}): Promise<KillResult> {
  const [result] = await killTrees([handle], options);
  if (result === undefined) throw new Error('A kill of one tree gave no result.');
  return result;
}

/** Kills many trees with shared scans, in the order of the handles. */
export async function killTrees(
  handles: readonly TreeHandle[],
  { limitMs = DEFAULT_LIMIT_MS, freezeLimitMs = DEFAULT_FREEZE_LIMIT_MS }: KillOptions = {},
): Promise<readonly KillResult[]> {
  if (!abilities().seesTrees) return Promise.all(handles.map((handle) => killGroup(handle, limitMs)));
  const startedMs = performance.now();
  let { snapshot } = freezeAndLook(handles, freezeLimitMs);
  const deadlineMs = performance.now() + limitMs;
  const attempts: readonly Attempt[] = handles.map((handle) => ({
    handle,
    signalled: new Set(),
    survivors: [],
    denied: [],
    scans: 0,
    elapsedMs: 0,
    isRefused: isOwnTree(handle),
  }));
  let open = attempts.filter(({ isRefused }) => !isRefused);
  for (let polls = 1; ; polls += 1) {
    for (const attempt of open) {
      killSeen(attempt, snapshot);
      attempt.elapsedMs = performance.now() - startedMs;
    }
    open = open.filter(({ scans }) => !isGone(scans));
    if (open.length === 0 || performance.now() >= deadlineMs) return attempts.map(toResult);
    if (mayHide(snapshot) || open.some(({ survivors }) => survivors.length > 0)) {
      await delay(Math.min(polls, MAX_POLL_MS));
    }
    snapshot = takeSnapshot(handles, snapshot);
  }
}

function killSeen(attempt: Attempt, snapshot: Snapshot): void {
  const { members, groups } = membersOf(snapshot, attempt.handle);
  for (const group of groups) signalGroup(group, 'SIGKILL');
  const denied = members.filter((stat) => signalPid(stat.pid, 'SIGKILL') === 'denied');
  for (const stat of members) attempt.signalled.add(`${stat.pid}:${stat.startTicks}`);
  attempt.survivors = members.map((stat) => toMember(stat, false));
  attempt.denied = denied.map((stat) => toMember(stat, false));
  attempt.scans = emptyScans(attempt.scans, snapshot, members);
}

function toResult(attempt: Attempt): KillResult {
  const { signalled, survivors, denied, elapsedMs } = attempt;
  return {
    result: resultOf(attempt),
    killedCount: signalled.size - survivors.length,
    survivors,
    denied,
    elapsedMs,
  };
}

function resultOf({ isRefused, signalled, survivors }: Attempt): KillResult['result'] {
  if (isRefused) return 'own_tree';
  if (survivors.length > 0) return 'incomplete';
  return signalled.size > 0 ? 'killed' : 'gone';
}
