// What one run may use of the machine, as limits that the kernel holds every process of the jail to and that none of them can raise.
// They bound a process each; only the count of processes, /tmp and (where there is a cgroup) the memory are bounded for the whole jail.
import { totalmem } from 'node:os';

export interface JailLimits {
  /** Of the whole jail, threads counted. */
  readonly processes: number;
  readonly openFiles: number;
  readonly fileBytes: number;
  /** Private writable memory of one process; of the whole jail where a cgroup can be had. */
  readonly memoryBytes: number;
  /** Processor time of one process. */
  readonly cpuSeconds: number;
  /** Of /tmp, which is held in memory. */
  readonly temporaryBytes: number;
}

const MIB = 1024 * 1024;
const GIB = 1024 * MIB;

export function usualLimits(timeoutMs: number | null, cores: number): JailLimits {
  return {
    processes: 2_048,
    openFiles: 16_384,
    fileBytes: 4 * GIB,
    memoryBytes: Math.max(2 * GIB, Math.floor(totalmem() / 2)),
    cpuSeconds: timeoutMs === null ? 24 * 3_600 : Math.ceil(timeoutMs / 1_000) * cores + 60,
    temporaryBytes: Math.min(1 * GIB, Math.max(64 * MIB, Math.floor(totalmem() / 8))),
  };
}

/** Soft and hard alike: a hard limit is raised by nobody without a capability over the whole machine. */
export function prlimitCommand(prlimit: string, limits: JailLimits): readonly string[] {
  return [
    prlimit,
    `--nproc=${limits.processes}`,
    `--nofile=${limits.openFiles}`,
    `--fsize=${limits.fileBytes}`,
    `--data=${limits.memoryBytes}`,
    `--cpu=${limits.cpuSeconds}`,
    '--core=0',
  ];
}
