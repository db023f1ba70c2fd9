// A watchdog that a server started goes after it: not with it, since its runs go on, but once there is nothing left to watch and no server to
// start anything new, both for a while. One that hangs may answer again, and counts as there.
import { BEAT_STALE_MS, type StateLayout } from '../config/state-layout.ts';
import { readBeat } from '../process/entry.ts';
import type { Watch } from './watch.ts';

export interface Need {
  /** Call after each look. */
  isOver(): boolean;
}

const LOOK_EVERY_MS = 1_000;

/** `endsAfterMs` null: it is needed until it is told to end. */
export function createNeed(layout: StateLayout, watch: Watch, endsAfterMs: number | null): Need {
  let sinceMs: number | null = null;
  let nextLookMs = 0;
  return {
    isOver() {
      const nowMs = performance.now();
      if (endsAfterMs === null || nowMs < nextLookMs) return false;
      nextLookMs = nowMs + LOOK_EVERY_MS;
      const { state } = readBeat(layout.serverBeat, Date.now(), BEAT_STALE_MS);
      const isAlone = watch.isIdle && (state === 'none' || state === 'dead');
      sinceMs = isAlone ? (sinceMs ?? nowMs) : null;
      return sinceMs !== null && nowMs - sinceMs >= endsAfterMs;
    },
  };
}
