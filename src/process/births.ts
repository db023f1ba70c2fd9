// Finds the processes that were born while /proc was being read. A listing shows only what lived when it was made, so a
// program that passes its life on to a child every millisecond would never be in one; the kernel's newest pid shows it.
import { listProcIds, peekProcFile } from './proc-file.ts';
import { type ProcStat, readStat } from './proc-stat.ts';

/** Births are followed until none is new, but no further than this: others may fork without end. */
const MAX_LOOKS = 8;

/** Looks at every pid that was given out after `sinceLastPid`, oldest first. It returns whether it came to the newest one. */
export function* bornSince(
  sinceLastPid: number | undefined,
  isKnown: (pid: number) => boolean,
): Generator<ProcStat, boolean> {
  let last = sinceLastPid;
  for (let looks = 0; looks < MAX_LOOKS; looks += 1) {
    const newest = lastPid();
    if (newest === undefined || last === undefined || newest === last) return true;
    // Pids start over when they reach the limit of the system.
    const candidates = newest > last ? range(last + 1, newest) : (listProcIds('/proc') ?? []);
    for (const pid of candidates) {
      const stat = isKnown(pid) ? undefined : readStat(pid);
      if (stat !== undefined && isProcess(pid)) yield stat;
    }
    last = newest;
  }
  return false;
}

/** The pid that was given out last. Undefined where the system does not tell. */
export function lastPid(): number | undefined {
  const last = Number(peekProcFile('/proc/loadavg')?.toString('latin1').trim().split(' ').at(-1));
  return Number.isSafeInteger(last) && last > 0 ? last : undefined;
}

/** Threads take pids too, and can be looked at by them without being listed. */
function isProcess(pid: number): boolean {
  return peekProcFile(`/proc/${pid}/status`)?.toString('latin1').includes(`\nTgid:\t${pid}\n`) ?? false;
}

function* range(from: number, to: number): Generator<number> {
  for (let pid = from; pid <= to; pid += 1) yield pid;
}
