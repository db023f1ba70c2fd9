// Ends proposals whose time is over, when their time is over: one timer for the next expiry, set anew whenever something commits.
import type { Governor } from '../governor/governor.ts';
import { expireOverdue } from '../governor/proposal/expire.ts';
import type { Store } from '../store/open.ts';
import { readNextExpiry } from '../store/read/proposals.ts';
import type { Feed } from './feed.ts';

const AT_ONCE = 100;
/** The clock may be set meanwhile, and a timer holds no more than 24 days. */
const LONGEST_WAIT_MS = 30_000;
const RETRY_MS = 500;

export interface Sweep {
  close(): void;
}

export function sweepExpired(options: {
  readonly store: Store;
  readonly governor: Governor;
  readonly feed: Feed;
  readonly clock: () => number;
  readonly onFault: (fault: unknown) => void;
}): Sweep {
  const { store, governor } = options;
  let timer: NodeJS.Timeout | null = null;
  let timedFor: number | null = null;
  let sweeping = false;
  let closed = false;

  const plan = (): void => {
    if (sweeping || closed) return;
    let next: number | null;
    try {
      next = readNextExpiry(store);
    } catch (fault) {
      options.onFault(fault);
      return;
    }
    if (next === timedFor && timer !== null) return;
    if (timer !== null) clearTimeout(timer);
    timedFor = next;
    timer = null;
    if (next === null) return;
    const waitMs = Math.min(Math.max(0, next - options.clock()), LONGEST_WAIT_MS);
    timer = setTimeout(() => void sweep(), waitMs);
    timer.unref();
  };

  const sweep = async (): Promise<void> => {
    sweeping = true;
    timer = null;
    try {
      await governor.commit((tx) => expireOverdue(tx, AT_ONCE));
    } catch (fault) {
      options.onFault(fault);
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS).unref());
    }
    sweeping = false;
    plan();
  };

  const stop = options.feed.onCommit(plan);
  plan();
  return {
    close() {
      closed = true;
      stop();
      if (timer !== null) clearTimeout(timer);
    },
  };
}
