// Counts the time that a run really ran against its limit: not while a person is asked, not while its tree is frozen, and not while
// this process itself was stopped.

export interface RunningClock {
  /** Call often. `isCounting` holds for the time since the last call. */
  tick(isCounting: boolean): void;
  /** Infinity without a limit. */
  leftMs(): number;
}

/** A longer gap between two ticks is our own absence, not the agent's work. */
const MAX_GAP_MS = 1_000;

/** `now` is monotonic, in ms. */
export function runningClock(limitMs: number | null, now: () => number): RunningClock {
  let lastMs = now();
  let ranMs = 0;
  return {
    tick(isCounting) {
      const nowMs = now();
      if (isCounting) ranMs += Math.min(nowMs - lastMs, MAX_GAP_MS);
      lastMs = nowMs;
    },
    leftMs: () => (limitMs === null ? Number.POSITIVE_INFINITY : Math.max(0, limitMs - ranMs)),
  };
}
