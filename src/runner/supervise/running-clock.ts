// Counts the time that a run really ran against its limit: not while its tree is frozen, not while this process itself was stopped, and
// while a person is asked only as much of it as the tree works. Otherwise an agent could ask something and go on beside it without end.
import { type TreeHandle, workMeter } from '../../process/entry.ts';

export interface RunningClock {
  /** From now on there is a tree that can work. */
  attach(tree: TreeHandle): void;
  /** Call often. What counts of the time since the last call. */
  tick(counting: 'all' | 'work' | 'nothing'): void;
  /** Infinity without a limit. */
  leftMs(): number;
}

/** A longer gap between two ticks is our own absence, not the agent's work. */
const MAX_GAP_MS = 1_000;
/** Looking at processes is dear: what the tree worked while a person is asked is asked for no more often. */
const LOOK_EVERY_MS = 1_000;

/** `now` is monotonic, in ms. */
export function runningClock(
  limitMs: number | null,
  now: () => number,
  meterOf: (tree: TreeHandle) => () => number = workMeter,
): RunningClock {
  let lastMs = now();
  let ranMs = 0;
  let heldMs = 0;
  let workedMs = (): number => 0;
  const chargeWork = (): void => {
    // On several processors it works for more than it runs. What it did before it was held counts as well, up to the same bound.
    if (heldMs > 0) ranMs += Math.min(workedMs(), heldMs);
    heldMs = 0;
  };
  return {
    attach(tree) {
      if (limitMs !== null) workedMs = meterOf(tree);
    },
    tick(counting) {
      const nowMs = now();
      const gapMs = Math.min(nowMs - lastMs, MAX_GAP_MS);
      if (counting === 'work') heldMs += gapMs;
      if (counting !== 'work' || heldMs >= LOOK_EVERY_MS) chargeWork();
      if (counting === 'all') ranMs += gapMs;
      lastMs = nowMs;
    },
    leftMs: () => (limitMs === null ? Number.POSITIVE_INFINITY : Math.max(0, limitMs - ranMs)),
  };
}
