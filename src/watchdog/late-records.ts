// What was done and must still be recorded. Each is tried at once; what fails (disk full, store locked or damaged) leaves its mark in
// the run's folder, which needs no space, and is tried again until it stands in the record.
import { readStopMark, type StopMark, setStopMark } from '../config/stop-marker.ts';
import { OperationError } from '../core/fault.ts';
import type { UseCase } from '../governor/governor.ts';
import { inWords, type Notices } from './notices.ts';
import type { StoreLink } from './store-link.ts';

export interface LateRecord {
  /** One record for each key waits at a time. */
  readonly key: string;
  /** The runs that stand still, or end, because of it. */
  readonly runIds: readonly string[];
  /** For a person: "the pause of run_…". */
  readonly what: string;
  readonly record: UseCase<unknown>;
  /** Set while this can't be recorded, taken away when it is. */
  readonly mark: { readonly dir: string; readonly mark: StopMark; readonly why: string } | null;
}

export interface LateRecords {
  readonly size: number;
  add(record: LateRecord): void;
  drop(key: string): void;
  waitsFor(runId: string): boolean;
  has(key: string): boolean;
  retry(): void;
}

/** A record that is at fault itself holds up none of the others. */
type Attempt = 'recorded' | 'store_refused' | 'faulty';

const FIRST_RETRY_MS = 250;
const LAST_RETRY_MS = 4_000;

export function createLateRecords(link: StoreLink, notices: Notices, onRecorded: () => void): LateRecords {
  const waiting = new Map<string, LateRecord>();
  let retryAtMs = 0;
  let retryMs = FIRST_RETRY_MS;

  const mark = ({ key, what, mark }: LateRecord, isSet: boolean): void => {
    if (mark === null) return;
    try {
      const found = readStopMark(mark.dir);
      // A kill that was marked meanwhile stays marked.
      if (isSet && found !== 'kill') setStopMark(mark.dir, mark.mark, mark.why);
      else if (!isSet && found === mark.mark) setStopMark(mark.dir, 'none');
    } catch (error) {
      notices.begin(`mark ${key}`, `${what} could not even be marked: ${inWords(error)}`);
    }
  };

  const attempt = (late: LateRecord): Attempt => {
    const open = link.current();
    if (open === null) return 'store_refused';
    try {
      open.governor.commitNow(late.record);
    } catch (error) {
      const then = 'what was stopped stays stopped; trying again';
      notices.begin(`late ${late.key}`, `${late.what} could not be recorded yet: ${inWords(error)}; ${then}`);
      return error instanceof OperationError ? 'store_refused' : 'faulty';
    }
    notices.over(`late ${late.key}`, `${late.what} is recorded now`);
    return 'recorded';
  };

  const tryOne = (late: LateRecord): Attempt => {
    const result = attempt(late);
    mark(late, result !== 'recorded');
    if (result === 'recorded') {
      waiting.delete(late.key);
      retryMs = FIRST_RETRY_MS;
      onRecorded();
    }
    return result;
  };

  const postpone = (): void => {
    retryAtMs = performance.now() + retryMs;
    retryMs = Math.min(retryMs * 2, LAST_RETRY_MS);
  };

  return {
    get size() {
      return waiting.size;
    },
    add(late) {
      if (waiting.has(late.key)) return;
      waiting.set(late.key, late);
      // While the store refuses, only the retries ask it: each of them may block.
      if (performance.now() < retryAtMs) mark(late, true);
      else if (tryOne(late) === 'store_refused') postpone();
    },
    drop(key) {
      const late = waiting.get(key);
      waiting.delete(key);
      if (late !== undefined) mark(late, false);
    },
    waitsFor: (runId) => [...waiting.values()].some((late) => late.runIds.includes(runId)),
    has: (key) => waiting.has(key),
    retry() {
      if (waiting.size === 0 || performance.now() < retryAtMs) return;
      for (const late of [...waiting.values()]) {
        if (tryOne(late) !== 'store_refused') continue;
        postpone();
        return;
      }
    },
  };
}
