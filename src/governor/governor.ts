// The only write path. Use cases handed to `commit` while another is under way share one transaction and one sync to disk, and are
// answered after it; a fault in one undoes only that one, a failed commit fails them all.
import { setTimeout as sleep } from 'node:timers/promises';
import { OperationError } from '../core/fault.ts';
import { isBusy, storeFault } from '../store/fault.ts';
import { storeGone } from './store-gone.ts';
import { type Surroundings, Transaction } from './transaction.ts';

export type UseCase<T> = (tx: Transaction) => T;

export interface Governor {
  /** Resolves once what the use case did is on disk. Rejects with what it threw, or with an OperationError of the store. */
  commit<T>(useCase: UseCase<T>): Promise<T>;
  /** The same at once and alone, blocking while another writer commits: for processes that serve nobody meanwhile. */
  commitNow<T>(useCase: UseCase<T>): T;
  /** Called after every commit made here. */
  onCommitted(listener: () => void): void;
}

interface Job {
  readonly useCase: UseCase<unknown>;
  readonly deadlineMs: number;
  settle(result: Outcome): void;
}

type Outcome =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly error: unknown };

/** As many as fit into one commit without holding up the event loop for long. */
const GROUP_LIMIT = 256;
/** How long a use case waits for other writers before it is refused as `store_busy`. */
const BUSY_DEADLINE_MS = 3_000;

export function createGovernor(around: Surroundings): Governor {
  const queue: Job[] = [];
  const listeners: (() => void)[] = [];
  let scheduled = false;
  let busyRounds = 0;

  const committed = (): void => {
    for (const listener of listeners) listener();
  };

  const schedule = (): void => {
    if (scheduled) return;
    scheduled = true;
    setImmediate(flush);
  };

  const flush = (): void => {
    scheduled = false;
    const jobs = queue.splice(0, GROUP_LIMIT);
    if (jobs.length === 0) return;
    const outcomes = commitGroup(around, jobs);
    if (outcomes === 'busy') {
      retryLater(jobs);
      return;
    }
    busyRounds = 0;
    if (queue.length > 0) schedule();
    for (const [index, job] of jobs.entries()) {
      const outcome = outcomes[index];
      if (outcome !== undefined) job.settle(outcome);
    }
    if (outcomes.some((outcome) => outcome.ok)) committed();
  };

  const retryLater = (jobs: readonly Job[]): void => {
    const nowMs = performance.now();
    const late = jobs.filter((job) => nowMs >= job.deadlineMs);
    queue.unshift(...jobs.filter((job) => nowMs < job.deadlineMs));
    for (const job of late) job.settle({ ok: false, error: busyError(around) });
    busyRounds = Math.min(busyRounds + 1, 5);
    scheduled = true;
    void sleep(2 ** busyRounds).then(flush);
  };

  return {
    commit<T>(useCase: UseCase<T>): Promise<T> {
      return new Promise<T>((resolve, reject) => {
        queue.push({
          useCase,
          deadlineMs: performance.now() + BUSY_DEADLINE_MS,
          settle: (outcome) => (outcome.ok ? resolve(outcome.value as T) : reject(outcome.error)),
        });
        schedule();
      });
    },
    commitNow<T>(useCase: UseCase<T>): T {
      const job: Job = { useCase, deadlineMs: 0, settle: () => undefined };
      const outcomes = commitGroup(around, [job]);
      if (outcomes === 'busy') throw busyError(around);
      const outcome = outcomes[0];
      if (outcome?.ok !== true) throw outcome?.error;
      committed();
      return outcome.value as T;
    },
    onCommitted(listener) {
      listeners.push(listener);
    },
  };
}

/**
 * One transaction for all of them; 'busy' when another writer holds the store, with nothing done. Use cases refuse by value and
 * hardly ever throw, so they run without savepoints (which cost more than the use case itself); when one does throw, everything is
 * undone and run again, each in a savepoint of its own.
 */
function commitGroup(around: Surroundings, jobs: readonly Job[]): Outcome[] | 'busy' {
  const together = runGroup(around, jobs, runTogether);
  return together === 'one_threw' ? runGroup(around, jobs, runApart) : together;
}

function runGroup<T extends Outcome[] | 'one_threw'>(
  around: Surroundings,
  jobs: readonly Job[],
  run: (tx: Transaction, jobs: readonly Job[]) => T,
): T | Outcome[] | 'busy' {
  const { store } = around;
  if (!store.isInPlace()) return failAll(jobs, storeGone(store.path));
  try {
    store.statement('BEGIN IMMEDIATE').run();
  } catch (error) {
    if (isBusy(error)) return 'busy';
    return failAll(jobs, storeFault(error, 'begin a transaction', store.path));
  }
  try {
    const outcomes = run(new Transaction(around), jobs);
    store.statement(outcomes === 'one_threw' ? 'ROLLBACK' : 'COMMIT').run();
    return outcomes;
  } catch (error) {
    if (store.inTransaction) store.statement('ROLLBACK').run();
    return failAll(jobs, storeFault(error, 'commit to the store', store.path));
  }
}

function runTogether(tx: Transaction, jobs: readonly Job[]): Outcome[] | 'one_threw' {
  try {
    return jobs.map((job) => ({ ok: true, value: job.useCase(tx) }));
  } catch (error) {
    if (!tx.store.inTransaction) throw error;
    return 'one_threw';
  }
}

function runApart(tx: Transaction, jobs: readonly Job[]): Outcome[] {
  return jobs.map((job): Outcome => {
    try {
      return { ok: true, value: tx.isolated(job.useCase) };
    } catch (error) {
      if (!tx.store.inTransaction) throw error;
      return { ok: false, error: storeFault(error, 'write the store', tx.store.path) };
    }
  });
}

function failAll(jobs: readonly Job[], error: Error): Outcome[] {
  return jobs.map(() => ({ ok: false, error }));
}

function busyError(around: Surroundings): OperationError {
  return new OperationError({
    op: 'write the store',
    code: 'store_busy',
    message: `another process kept the store locked (${around.store.path})`,
    hint: 'try again; if it lasts, see who holds it with `governed-agents doctor`',
  });
}
