// How long to wait before the next try: doubling from the first wait to the longest, and a wait that ends early when told to.
import { setTimeout as delay } from 'node:timers/promises';

export interface Backoff {
  nextMs(): number;
  reset(): void;
}

export function backoff(firstMs: number, longestMs: number): Backoff {
  let waitMs = firstMs;
  return {
    nextMs: () => {
      const now = waitMs;
      waitMs = Math.min(waitMs * 2, longestMs);
      return now;
    },
    reset: () => {
      waitMs = firstMs;
    },
  };
}

/** Resolves after the wait, or at once when the signal aborts; never rejects. */
export async function wait(ms: number, signal?: AbortSignal): Promise<void> {
  try {
    await delay(ms, undefined, signal === undefined ? {} : { signal });
  } catch (error) {
    if (signal?.aborted !== true) throw error;
  }
}
