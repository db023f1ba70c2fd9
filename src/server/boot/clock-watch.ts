// Looks whether the clock stands behind the record, and writes into the log when that begins and when it is over: who reads the log after
// a night sees why nothing expired.
import { clockWarnings } from '../../core/clock-behind.ts';
import type { Store } from '../../store/open.ts';
import { readTip } from '../../store/read/events.ts';

export interface ClockWatch {
  /** What a person should know of the clock right now. */
  warnings(): readonly string[];
  close(): void;
}

const LOOK_EVERY_MS = 5_000;

export function watchClock(options: {
  readonly store: Store;
  readonly clock: () => number;
  readonly log: (line: string) => void;
  readonly onFault: (fault: unknown) => void;
}): ClockWatch {
  const warnings = (): readonly string[] => clockWarnings(options.clock(), readTip(options.store).tsMs);
  let wasBehind = false;
  const look = (): void => {
    const [behind] = warnings();
    if ((behind !== undefined) === wasBehind) return;
    wasBehind = behind !== undefined;
    options.log(behind ?? 'the clock has caught up with the record: governed time goes on');
  };
  look();
  const timer = setInterval(() => {
    try {
      look();
    } catch (fault) {
      options.onFault(fault);
    }
  }, LOOK_EVERY_MS);
  timer.unref();
  return { warnings, close: () => clearInterval(timer) };
}
