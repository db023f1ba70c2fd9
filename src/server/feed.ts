// Notices every commit, of this process at once and of others within 25 ms, reads the new events once, and wakes whoever waits for
// them. It only says that something happened: what is true is read from the store by those it wakes.
import type { Governor } from '../governor/governor.ts';
import type { Store } from '../store/open.ts';
import { type EventRow, readEventsAfter, readTip } from '../store/read/events.ts';

export interface Feed {
  /** The newest event that was seen; 0 before the first. */
  readonly seq: number;
  /** Oldest first, at most `limit`. */
  rowsAfter(seq: number, limit: number): readonly EventRow[];
  /** Called after new events, and after commits without any. Answers how to stop it. */
  onCommit(listener: () => void): () => void;
  /** Resolves at the next event of the proposal, after `ms`, or when aborted, whichever is first. */
  nextOfProposal(proposalId: string, ms: number, signal: AbortSignal): Promise<void>;
  /** Resolves when there are events after `seq`, after `ms`, or when aborted. */
  nextAfter(seq: number, ms: number, signal: AbortSignal): Promise<void>;
  /** Hears of what was committed up to now at once. */
  catchUp(): void;
  close(): void;
}

const POLL_MS = 25;
/** The answer to whoever committed goes first: reading and mirroring would keep the processor from the one that waits for it. */
const AFTER_COMMIT_MS = 1;
const READ_AT_ONCE = 1_000;
/** Kept in memory for the mirror and the streams, which all read the same newest events. */
const KEPT_ROWS = 4_096;

export function createFeed(store: Store, governor: Governor, onFault: (fault: unknown) => void): Feed {
  let seq = readTip(store).seq;
  let recent: EventRow[] = [];
  let scheduled: NodeJS.Timeout | null = null;
  let dataVersion = store.dataVersion();
  const listeners = new Set<() => void>();
  const waiting = new Map<string, Set<() => void>>();

  const advance = (): void => {
    scheduled = null;
    try {
      for (;;) {
        const rows = readEventsAfter(store, seq, READ_AT_ONCE);
        for (const row of rows) take(row);
        if (rows.length < READ_AT_ONCE) break;
      }
      if (recent.length > 2 * KEPT_ROWS) recent = recent.slice(-KEPT_ROWS);
    } catch (fault) {
      onFault(fault);
      return;
    }
    for (const listener of [...listeners]) listener();
  };

  const take = (row: EventRow): void => {
    recent.push(row);
    seq = row.seq;
    const waiters = row.proposal_id === null ? undefined : waiting.get(row.proposal_id);
    if (waiters !== undefined) for (const wake of [...waiters]) wake();
  };

  const schedule = (): void => {
    scheduled ??= setTimeout(advance, AFTER_COMMIT_MS);
  };

  const stopWaiting = (): void => {
    if (scheduled !== null) clearTimeout(scheduled);
    scheduled = null;
  };

  const poll = setInterval(() => {
    try {
      const now = store.dataVersion();
      if (now === dataVersion) return;
      dataVersion = now;
      schedule();
    } catch (fault) {
      onFault(fault);
    }
  }, POLL_MS);
  poll.unref();
  let closed = false;
  governor.onCommitted(() => {
    if (!closed) schedule();
  });

  return {
    get seq() {
      return seq;
    },
    rowsAfter(after, limit) {
      const first = recent[0];
      if (first !== undefined && first.seq <= after + 1) {
        const from = after + 1 - first.seq;
        return recent.slice(from, from + limit);
      }
      return after >= seq ? [] : readEventsAfter(store, after, limit);
    },
    onCommit(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    nextOfProposal(proposalId, ms, signal) {
      return bounded(ms, signal, (wake) => {
        const waiters = waiting.get(proposalId) ?? new Set();
        waiting.set(proposalId, waiters.add(wake));
        return () => {
          waiters.delete(wake);
          if (waiters.size === 0 && waiting.get(proposalId) === waiters) waiting.delete(proposalId);
        };
      });
    },
    nextAfter(after, ms, signal) {
      if (seq > after) return Promise.resolve();
      return bounded(ms, signal, (wake) => {
        const listener = (): void => {
          if (seq > after) wake();
        };
        listeners.add(listener);
        return () => listeners.delete(listener);
      });
    },
    catchUp() {
      stopWaiting();
      advance();
    },
    close() {
      closed = true;
      stopWaiting();
      clearInterval(poll);
      listeners.clear();
    },
  };
}

/** Resolves when `listen` wakes it, after `ms`, or when aborted; always stops listening. */
function bounded(ms: number, signal: AbortSignal, listen: (wake: () => void) => () => void): Promise<void> {
  if (signal.aborted || ms <= 0) return Promise.resolve();
  return new Promise((resolve) => {
    const wake = (): void => {
      stop();
      clearTimeout(timer);
      signal.removeEventListener('abort', wake);
      resolve();
    };
    const stop = listen(wake);
    const timer = setTimeout(wake, ms);
    signal.addEventListener('abort', wake, { once: true });
  });
}
