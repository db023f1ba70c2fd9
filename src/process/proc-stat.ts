// What the kernel says of one process, from /proc/PID/stat. The program's name stands in brackets there and may
// itself hold brackets, spaces and newlines, so everything is counted from the last closing bracket.
import { peekProcFile } from './proc-file.ts';

export interface ProcStat {
  readonly pid: number;
  readonly name: string;
  /** One letter: R S D T t Z X I. */
  readonly state: string;
  readonly parentPid: number;
  readonly groupId: number;
  readonly sessionId: number;
  readonly isKernelThread: boolean;
  readonly threads: number;
  /** Processor time, in clock ticks: its own. */
  readonly ownTicks: number;
  /** That of the children it has waited for, and of theirs. */
  readonly waitedTicks: number;
  /** Start of the process, in clock ticks since the boot: with the pid it names one process for good. */
  readonly startTicks: number;
}

const CLOSING_BRACKET = 0x29;
const OPENING_BRACKET = 0x28;
const KERNEL_THREAD_FLAG = 0x0020_0000;

export function readStat(pid: number): ProcStat | undefined {
  const bytes = peekProcFile(`/proc/${pid}/stat`);
  return bytes && parseStat(bytes);
}

/** Undefined when the text is cut short, as it is while a process disappears. */
export function parseStat(bytes: Buffer): ProcStat | undefined {
  const nameEnd = bytes.lastIndexOf(CLOSING_BRACKET);
  const nameStart = bytes.indexOf(OPENING_BRACKET);
  if (nameStart < 1 || nameEnd < nameStart) return undefined;
  // Numbered as in proc(5), where the first field after the name is field 3.
  const fields = bytes.toString('latin1', nameEnd + 2).split(' ');
  const field = (number: number): number => Number(fields[number - 3]);
  const stat = {
    pid: Number(bytes.toString('latin1', 0, nameStart)),
    name: bytes.toString('utf8', nameStart + 1, nameEnd),
    state: fields[0] ?? '',
    parentPid: field(4),
    groupId: field(5),
    sessionId: field(6),
    isKernelThread: (field(9) & KERNEL_THREAD_FLAG) !== 0,
    threads: field(20),
    ownTicks: field(14) + field(15),
    waitedTicks: field(16) + field(17),
    startTicks: field(22),
  };
  return Number.isSafeInteger(stat.startTicks) ? stat : undefined;
}

/** A process whose first thread ended shows as a zombie while its other threads run on: it still counts. */
export function isLive(stat: ProcStat): boolean {
  const firstThreadEnded = stat.state === 'Z' || stat.state === 'X' || stat.state === 'x';
  return !firstThreadEnded || stat.threads > 1;
}
