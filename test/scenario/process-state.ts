// What /proc says of processes, asked again and again until it is so.
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** One letter as in proc(5); null when there is no such process any more. */
export function stateOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return stat.charAt(stat.lastIndexOf(')') + 2);
  } catch {
    // It went while it was looked at, or before.
    return null;
  }
}

/** A parent that waits in vfork for its stopped child stands still as `D`, with its own stop pending. */
export const isStopped = (pid: number): boolean => {
  const state = stateOf(pid);
  return state === 'T' || (state === 'D' && hasPendingStop(pid));
};

/** SIGSTOP is bit 18 of the masks in proc(5). */
function hasPendingStop(pid: number): boolean {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'latin1');
    const masks = [...status.matchAll(/^(?:SigPnd|ShdPnd):\s*([0-9a-f]+)$/gm)];
    return masks.some(([, mask]) => ((BigInt(`0x${mask}`) >> 18n) & 1n) === 1n);
  } catch {
    // It went while it was looked at.
    return false;
  }
}

/** The number here of a process of a run that calls itself `pid`, in a jail or not. */
export function pidOutside(pid: number, runId: string): number {
  const found = readdirSync('/proc').find((name) => /^\d+$/.test(name) && isOf(name, pid, runId));
  if (found === undefined) throw new Error(`no process of ${runId} calls itself ${pid}`);
  return Number(found);
}

function isOf(name: string, pid: number, runId: string): boolean {
  try {
    const inside = /^NSpid:.*\s(\d+)$/m.exec(readFileSync(`/proc/${name}/status`, 'latin1'))?.[1];
    return (
      inside === String(pid) &&
      readFileSync(`/proc/${name}/environ`, 'latin1').includes(`GOVERNED_RUN_ID=${runId}`)
    );
  } catch {
    // It went while it was looked at, or is not ours to look at.
    return false;
  }
}

/** Dead, whether or not its parent has noticed. */
export const isGone = (pid: number): boolean => ['Z', 'X', null].includes(stateOf(pid));

/** Milliseconds from `sinceMs` (on the clock of `performance`) until it holds for each of them. */
export async function untilEach(
  pids: readonly number[],
  holds: (pid: number) => boolean,
  sinceMs: number,
  limitMs = 10_000,
): Promise<number> {
  for (;;) {
    if (pids.every(holds)) return performance.now() - sinceMs;
    if (performance.now() - sinceMs > limitMs) {
      const states = pids.map((pid) => `${pid} ${stateOf(pid)}`).join(', ');
      throw new Error(`after ${limitMs} ms still: ${states}`);
    }
    await sleep(1);
  }
}
