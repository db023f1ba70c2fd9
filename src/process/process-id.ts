// Names one process for good: a pid alone is handed out again, but never with the same start and the same boot.
// A reused pid and a zombie are never taken for the process that was named.
import { fieldsOf, parseObject } from '../core/json-object.ts';
import { abilities } from './abilities.ts';
import { readProcFile } from './proc-file.ts';
import { isLive, readStat } from './proc-stat.ts';
import { signalPid } from './signal.ts';

export interface ProcessId {
  readonly pid: number;
  /** Clock ticks from boot to the start of the process; 0 where the system does not tell. */
  readonly startTicks: number;
  readonly bootId: string;
}

const UNKNOWN_BOOT = 'unknown';
let currentBoot: string | undefined;

export function bootId(): string {
  currentBoot ??=
    readProcFile('/proc/sys/kernel/random/boot_id', 64)?.toString('latin1').trim() ?? UNKNOWN_BOOT;
  return currentBoot;
}

/** As a heartbeat and the server's lock hold it, its fields under their own names; null when the text is not that. */
export function parseProcessId(text: string): ProcessId | null {
  const { pid, startTicks, bootId } = fieldsOf(parseObject(text));
  if (!isWhole(pid) || pid <= 0 || !isWhole(startTicks) || typeof bootId !== 'string') return null;
  return { pid, startTicks, bootId };
}

function isWhole(value: unknown): value is number {
  return Number.isSafeInteger(value);
}

/** Undefined when no such process lives. */
export function identify(pid: number): ProcessId | undefined {
  if (!abilities().seesTrees) {
    return signalPid(pid, 0) === 'gone' ? undefined : { pid, startTicks: 0, bootId: UNKNOWN_BOOT };
  }
  const stat = readStat(pid);
  return stat && isLive(stat) ? { pid, startTicks: stat.startTicks, bootId: bootId() } : undefined;
}

export function isAlive(id: ProcessId): boolean {
  const now = identify(id.pid);
  return now !== undefined && now.startTicks === id.startTicks && now.bootId === id.bootId;
}
