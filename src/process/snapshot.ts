// One pass over /proc, indexed for following trees. Environments are read only when asked for, and those of processes
// that were already read in the previous pass are not read again.
import { bornSince, lastPid } from './births.ts';
import { ownLine } from './own-line.ts';
import { listProcIds, readProcFile } from './proc-file.ts';
import { isLive, type ProcStat, readStat } from './proc-stat.ts';
import type { TreeHandle } from './tree-handle.ts';

/** A larger environment is looked through up to here: whoever hides an entry behind it could as well remove it. */
const MAX_ENVIRON_BYTES = 256 * 1024;

export interface Environ {
  readonly startTicks: number;
  readonly bytes: Buffer;
}

export interface Snapshot {
  readonly processes: ReadonlyMap<number, ProcStat>;
  readonly children: ReadonlyMap<number, readonly ProcStat[]>;
  readonly sessions: ReadonlyMap<number, readonly ProcStat[]>;
  readonly groups: ReadonlyMap<number, readonly ProcStat[]>;
  /** This process, its ancestors and process 1: never part of a tree that we stop. */
  readonly outside: ReadonlySet<number>;
  /** Those whose environment is worth a look: live, not outside, and no older than the oldest root. */
  readonly candidates: readonly ProcStat[];
  readonly environs: Map<number, Environ>;
  /** By the name of an entry, and then by the entry: filled as it is asked for. */
  readonly carriers: Map<string, ReadonlyMap<string, readonly ProcStat[]>>;
  /** Whether the newest process of the system is in it. */
  readonly isUpToDate: boolean;
  /** Candidates that had no environment to be known by when they were asked for it, since they were becoming another program. */
  readonly inExec: Set<number>;
}

/** The handles are those that will be looked for: what is older than the oldest of them is not read in full. */
export function takeSnapshot(handles: readonly TreeHandle[], previous?: Snapshot): Snapshot {
  const lastBefore = lastPid();
  const stats = (listProcIds('/proc') ?? []).flatMap((pid) => readStat(pid) ?? []);
  const environs = new Map(previous?.environs);
  const seen = new Set(stats.map(({ pid }) => pid));
  const births = bornSince(lastBefore, (pid) => seen.has(pid));
  let birth = births.next();
  for (; birth.done !== true; birth = births.next()) {
    const stat = birth.value;
    seen.add(stat.pid);
    stats.push(stat);
    // At once: it may not live long enough to be asked later.
    environs.set(stat.pid, readEnviron(stat));
  }
  const sinceTicks = Math.min(...handles.map(({ root }) => root.startTicks));
  return indexProcesses(stats, sinceTicks, environs, birth.value);
}

/** Whether a process of a tree that this did not show may live all the same; to be asked when its members were. */
export function mayHide({ isUpToDate, inExec }: Snapshot): boolean {
  return !isUpToDate || inExec.size > 0;
}

export function indexProcesses(
  stats: readonly ProcStat[],
  sinceTicks: number,
  knownEnvirons: ReadonlyMap<number, Environ>,
  isUpToDate: boolean,
): Snapshot {
  const processes = new Map<number, ProcStat>();
  const children = new Map<number, ProcStat[]>();
  const sessions = new Map<number, ProcStat[]>();
  const groups = new Map<number, ProcStat[]>();
  for (const stat of stats) {
    processes.set(stat.pid, stat);
    add(children, stat.parentPid, stat);
    add(sessions, stat.sessionId, stat);
    add(groups, stat.groupId, stat);
  }
  const outside = ownLine((pid) => processes.get(pid)?.parentPid);
  const candidates = stats.filter(
    (stat) => stat.startTicks >= sinceTicks && !stat.isKernelThread && isLive(stat) && !outside.has(stat.pid),
  );
  const environs = stillTrue(knownEnvirons, processes);
  const carriers = new Map<string, ReadonlyMap<string, readonly ProcStat[]>>();
  const inExec = new Set<number>();
  return {
    processes,
    children,
    sessions,
    groups,
    outside,
    candidates,
    environs,
    carriers,
    isUpToDate,
    inExec,
  };
}

/** The processes that were started with exactly this `NAME=value` entry. */
export function carriersOf(snapshot: Snapshot, marker: string): readonly ProcStat[] {
  const prefix = marker.slice(0, marker.indexOf('=') + 1);
  let byEntry = snapshot.carriers.get(prefix);
  if (byEntry === undefined) {
    byEntry = carriersByEntry(snapshot, prefix);
    snapshot.carriers.set(prefix, byEntry);
  }
  return byEntry.get(marker) ?? [];
}

function carriersByEntry(snapshot: Snapshot, prefix: string): ReadonlyMap<string, readonly ProcStat[]> {
  const byEntry = new Map<string, ProcStat[]>();
  for (const stat of snapshot.candidates) {
    const environ = snapshot.environs.get(stat.pid) ?? readEnviron(stat);
    snapshot.environs.set(stat.pid, environ);
    if (environ.bytes.length === 0 && isInExec(stat.pid)) snapshot.inExec.add(stat.pid);
    for (const entry of entriesWith(environ.bytes, prefix)) add(byEntry, entry, stat);
  }
  return byEntry;
}

function entriesWith(bytes: Buffer, prefix: string): readonly string[] {
  const entries: string[] = [];
  for (let at = bytes.indexOf(prefix); at !== -1; at = bytes.indexOf(prefix, at + 1)) {
    if (at > 0 && bytes[at - 1] !== 0) continue;
    const end = bytes.indexOf(0, at);
    entries.push(bytes.toString('utf8', at, end === -1 ? bytes.length : end));
  }
  return entries;
}

function readEnviron(stat: ProcStat): Environ {
  const bytes = readProcFile(`/proc/${stat.pid}/environ`, MAX_ENVIRON_BYTES);
  const isUnseen = bytes === undefined || bytes.length === 0;
  return { startTicks: stat.startTicks, bytes: isUnseen ? readThreadEnviron(stat) : bytes };
}

/** A first thread that ended has given up its memory; the threads that run on still show it. */
function readThreadEnviron({ pid, state }: ProcStat): Buffer {
  for (const thread of state === 'Z' ? (listProcIds(`/proc/${pid}/task`) ?? []) : []) {
    const bytes = readProcFile(`/proc/${pid}/task/${thread}/environ`, MAX_ENVIRON_BYTES);
    if (bytes !== undefined && bytes.length > 0) return bytes;
  }
  return Buffer.alloc(0);
}

/** In the middle of an exec a process has neither an environment nor arguments; one that runs has its own name at least. */
function isInExec(pid: number): boolean {
  return readProcFile(`/proc/${pid}/cmdline`, 1)?.length === 0;
}

/** An empty environment is read again next time: a process in the middle of an exec shows one. */
function stillTrue(
  known: ReadonlyMap<number, Environ>,
  processes: ReadonlyMap<number, ProcStat>,
): Map<number, Environ> {
  return new Map(
    [...known].filter(
      ([pid, { bytes, startTicks }]) => bytes.length > 0 && processes.get(pid)?.startTicks === startTicks,
    ),
  );
}

function add<K>(index: Map<K, ProcStat[]>, key: K, stat: ProcStat): void {
  const list = index.get(key);
  if (list === undefined) index.set(key, [stat]);
  else list.push(stat);
}
