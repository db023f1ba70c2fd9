// Keeps a tree frozen as long as anyone has a reason for it, and lets it run when the last reason is gone. The gateway is shut first
// and opened last, so that nothing passes for a tree that should stand still.
import { freezeTree, resumeTree, type TreeHandle } from '../../process/entry.ts';
import type { PauseGate } from '../gateway/pause-gate.ts';

/** Who may have a reason: the record, a stop mark beside the run, or the missing watchdog. */
export type BrakeSource = 'record' | 'mark' | 'watchdog';

export interface Brake {
  readonly isOn: boolean;
  /** Of the one whose reason a person should see: the watchdog's absence only when it is the only one. */
  reason(): { readonly source: BrakeSource; readonly reason: string } | null;
  hold(source: BrakeSource, reason: string): void;
  lift(source: BrakeSource): void;
  /** From now on there is a tree to freeze. */
  attach(handle: TreeHandle): void;
  /** Freezes again what a freeze did not reach. */
  tighten(): void;
  /** The tree is being ended: it is not touched any more. */
  release(): void;
}

const ORDER: readonly BrakeSource[] = ['record', 'mark', 'watchdog'];

export function createBrake(gate: PauseGate, onChange: () => void): Brake {
  const reasons = new Map<BrakeSource, string>();
  let handle: TreeHandle | null = null;
  let isComplete = true;
  const freeze = (): void => {
    if (handle === null) return;
    const { result } = freezeTree(handle);
    isComplete = result !== 'incomplete';
  };
  return {
    get isOn() {
      return reasons.size > 0;
    },
    reason() {
      const source = ORDER.find((each) => reasons.has(each));
      return source === undefined ? null : { source, reason: reasons.get(source) ?? '' };
    },
    hold(source, reason) {
      const wasOn = reasons.size > 0;
      if (reasons.get(source) === reason) return;
      reasons.set(source, reason);
      gate.pause();
      if (!wasOn) freeze();
      onChange();
    },
    lift(source) {
      if (!reasons.delete(source)) return;
      if (reasons.size === 0) {
        if (handle !== null) resumeTree(handle);
        gate.resume();
      }
      onChange();
    },
    attach(tree) {
      handle = tree;
      if (reasons.size > 0) freeze();
    },
    tighten() {
      if (reasons.size > 0 && !isComplete) freeze();
    },
    release() {
      handle = null;
    },
  };
}
