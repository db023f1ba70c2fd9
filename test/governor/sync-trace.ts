// Reads a trace of system calls (strace -f -y) and finds every acknowledgement that was written while bytes of the write-ahead log
// were not yet synced to disk.

export interface SyncTrace {
  readonly acknowledged: number;
  /** Acknowledgements with a write to the log since the one before. */
  readonly withWrites: number;
  readonly syncs: number;
  /** The acknowledgements that came before the sync. */
  readonly early: readonly string[];
}

const CALL = /^(\d+)\s+(\w+)\((.*)$/;
const RESUMED = /^(\d+)\s+<\.\.\. (\w+) resumed>(.*)$/;
const WRITES = new Set(['write', 'pwrite64', 'writev', 'pwritev', 'pwritev2']);
const SYNCS = new Set(['fsync', 'fdatasync']);
const OF_LOG = /^\d+<[^>]*-wal>/;

const OF_STDOUT = /^1<[^>]*>, "(ack \d+)/;

/** `acknowledgement` finds one in the arguments of a write, and names it in its first group. */
export function readSyncTrace(trace: string, acknowledgement = OF_STDOUT): SyncTrace {
  const started = new Map<string, string>();
  const early: string[] = [];
  let dirty = false;
  let wrote = false;
  let acknowledged = 0;
  let withWrites = 0;
  let syncs = 0;
  for (const line of trace.split('\n')) {
    const resumed = RESUMED.exec(line);
    const call = CALL.exec(line);
    const [, pid = '', name = '', rest = ''] = resumed ?? call ?? [];
    // What a call is about stands where it began, how it ended where it was resumed.
    const args = resumed === null ? rest : (started.get(pid) ?? '');
    if (resumed === null) started.set(pid, rest);
    const isUnfinished = rest.endsWith('<unfinished ...>');
    if (WRITES.has(name) && OF_LOG.test(args)) {
      dirty = true;
      wrote = true;
    }
    if (SYNCS.has(name) && OF_LOG.test(args) && !isUnfinished && / = 0\b/.test(rest)) {
      dirty = false;
      syncs += 1;
    }
    const ack = resumed === null && WRITES.has(name) ? acknowledgement.exec(args)?.[1] : undefined;
    if (ack === undefined) continue;
    acknowledged += 1;
    if (wrote) withWrites += 1;
    if (dirty) early.push(ack);
    wrote = false;
  }
  return { acknowledged, withWrites, syncs, early };
}
