// What can be done where /proc is missing: signal the process group that the root leads. Whether it stopped cannot be
// seen, so a stop is only ever `unverified`; the end of the group itself can be checked.
import { setTimeout as delay } from 'node:timers/promises';
import type { EndResult } from './end-tree.ts';
import type { FreezeResult } from './freeze-tree.ts';
import type { KillResult } from './kill-tree.ts';
import type { ResumeResult } from './resume-tree.ts';
import { type SignalOutcome, signalGroup, signalPid, type TreeSignal } from './signal.ts';
import type { TreeMember } from './tree.ts';
import type { TreeHandle } from './tree-handle.ts';

const POLL_MS = 20;
const DEFAULT_LIMIT_MS = 5_000;

export function listGroup({ root }: TreeHandle): readonly TreeMember[] {
  return signalPid(root.pid, 0) === 'gone' ? [] : [rootOf({ root })];
}

export function freezeGroup(handle: TreeHandle): FreezeResult {
  const outcome = signalGroup(handle.root.pid, 'SIGSTOP');
  return { result: stopResult(outcome), ...reached(handle, outcome), rounds: 1, elapsedMs: 0 };
}

export function resumeGroup(handle: TreeHandle): ResumeResult {
  const outcome = signalGroup(handle.root.pid, 'SIGCONT');
  return { result: stopResult(outcome), ...reached(handle, outcome) };
}

export async function killGroup(handle: TreeHandle, limitMs = DEFAULT_LIMIT_MS): Promise<KillResult> {
  const startedMs = performance.now();
  const outcome = signalGroup(handle.root.pid, 'SIGKILL');
  const isGone = outcome === 'gone' || (await waitForEnd(handle, limitMs));
  return {
    // Processes that left the group may live on, so even an empty group is not a verified end.
    result: outcome === 'gone' ? 'gone' : isGone ? 'unverified' : 'incomplete',
    killedCount: isGone && outcome !== 'gone' ? 1 : 0,
    survivors: isGone ? [] : [rootOf(handle)],
    denied: outcome === 'denied' ? [rootOf(handle)] : [],
    elapsedMs: performance.now() - startedMs,
  };
}

export async function endGroup(handle: TreeHandle, graceMs: number, limitMs?: number): Promise<EndResult> {
  for (const signal of ['SIGTERM', 'SIGCONT'] satisfies TreeSignal[]) signalGroup(handle.root.pid, signal);
  await waitForEnd(handle, graceMs);
  return killGroup(handle, limitMs);
}

async function waitForEnd({ root }: TreeHandle, limitMs: number): Promise<boolean> {
  const deadlineMs = performance.now() + limitMs;
  while (signalGroup(root.pid, 0) !== 'gone') {
    if (performance.now() >= deadlineMs) return false;
    await delay(POLL_MS);
  }
  return true;
}

function stopResult(outcome: SignalOutcome): 'unverified' | 'gone' | 'incomplete' {
  return outcome === 'sent' ? 'unverified' : outcome === 'gone' ? 'gone' : 'incomplete';
}

function reached(handle: TreeHandle, outcome: SignalOutcome): Pick<FreezeResult, 'members' | 'denied'> {
  return {
    members: outcome === 'gone' ? [] : [rootOf(handle)],
    denied: outcome === 'denied' ? [rootOf(handle)] : [],
  };
}

function rootOf({ root }: Pick<TreeHandle, 'root'>): TreeMember {
  return { ...root, name: 'root', stopped: false };
}
