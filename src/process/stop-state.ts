// Tells whether a process has really stopped: all of its threads, not just the first. A thread that the kernel holds in
// an uninterruptible wait with the stop already pending is `stopping`: it runs no more of its program before it stops.
import { listProcIds, peekProcFile } from './proc-file.ts';
import { type ProcStat, parseStat } from './proc-stat.ts';

export type StopState = 'stopped' | 'stopping' | 'running' | 'gone';

const STOPPED = new Set(['T', 't']);
const ENDED = new Set(['Z', 'X', 'x']);
const SIGSTOP_BIT = 1n << 18n;

/** `stat` must have been read just now. */
export function stopState(stat: ProcStat): StopState {
  if (stat.threads <= 1) {
    if (STOPPED.has(stat.state)) return 'stopped';
    if (ENDED.has(stat.state)) return 'gone';
    return stat.state === 'D' && isStopPending(stat.pid) ? 'stopping' : 'running';
  }
  const states = threadStates(stat.pid).filter((state) => !ENDED.has(state));
  if (states.length === 0) return 'gone';
  const unstopped = states.filter((state) => !STOPPED.has(state));
  if (unstopped.length === 0) return 'stopped';
  if (unstopped.some((state) => state !== 'D')) return 'running';
  // The first thread to take the signal takes it for all of them, and then it is no longer pending.
  return unstopped.length < states.length || isStopPending(stat.pid) ? 'stopping' : 'running';
}

function threadStates(pid: number): readonly string[] {
  const threads = listProcIds(`/proc/${pid}/task`) ?? [];
  return threads.flatMap((thread) => {
    const bytes = peekProcFile(`/proc/${pid}/task/${thread}/stat`);
    const stat = bytes && parseStat(bytes);
    return stat ? [stat.state] : [];
  });
}

function isStopPending(pid: number): boolean {
  const status = peekProcFile(`/proc/${pid}/status`)?.toString('latin1') ?? '';
  const masks = [...status.matchAll(/^(?:SigPnd|ShdPnd):\s*([0-9a-f]+)$/gm)];
  return masks.some(([, mask]) => (BigInt(`0x${mask}`) & SIGSTOP_BIT) !== 0n);
}
