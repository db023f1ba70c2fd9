// Asks a tree to end and gives it time; what lives after that is killed. The end is verified either way.
import { setTimeout as delay } from 'node:timers/promises';
import { abilities } from './abilities.ts';
import { emptyScans, isGone } from './empty-scans.ts';
import { endGroup } from './group-fallback.ts';
import { type KillOptions, type KillResult, killTree } from './kill-tree.ts';
import { membersOf } from './members.ts';
import { isOwnTree } from './own-line.ts';
import { signalPid } from './signal.ts';
import { takeSnapshot } from './snapshot.ts';
import type { TreeHandle } from './tree-handle.ts';

export type EndResult =
  /** It ended by itself within the grace. */
  | { readonly result: 'ended'; readonly endedCount: number; readonly elapsedMs: number }
  /** It had to be killed, nothing lived to begin with, or it was refused. */
  | KillResult;

export interface EndOptions extends KillOptions {
  readonly graceMs: number;
}

const MAX_POLL_MS = 50;

export async function endTree(handle: TreeHandle, options: EndOptions): Promise<EndResult> {
  if (!abilities().seesTrees) return endGroup(handle, options.graceMs, options.limitMs);
  if (isOwnTree(handle)) return killTree(handle, options);
  const startedMs = performance.now();
  let snapshot = takeSnapshot([handle]);
  const { members } = membersOf(snapshot, handle);
  if (members.length === 0) return killTree(handle, options);
  for (const { pid } of members) signalPid(pid, 'SIGTERM');
  // A stopped process takes the signal only once it runs again.
  for (const { pid } of members) signalPid(pid, 'SIGCONT');
  let scans = 0;
  for (
    let pollMs = 2;
    performance.now() - startedMs < options.graceMs;
    pollMs = Math.min(pollMs * 2, MAX_POLL_MS)
  ) {
    await delay(pollMs);
    snapshot = takeSnapshot([handle], snapshot);
    scans = emptyScans(scans, snapshot, membersOf(snapshot, handle).members);
    if (isGone(scans)) {
      return { result: 'ended', endedCount: members.length, elapsedMs: performance.now() - startedMs };
    }
  }
  return killTree(handle, options);
}
