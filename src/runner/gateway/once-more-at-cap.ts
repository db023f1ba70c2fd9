// Where a cap pauses the run, asking once more says so: then what was asked waits, and goes on when the cap was raised. So no cap is taken for
// the answer before it was asked about again. What one said before a pause says nothing of the time after it.
import type { PauseGate } from './pause-gate.ts';

export interface OnceMore<R> {
  /**
   * `again`: at once. `paused`: when the run may go on. Else what it is refused with; a cap that ended the run says more than that it has
   * ended.
   */
  hear(refusal: R): 'again' | 'paused' | R;
  /** What the cap said, while that is asked about again. */
  readonly said: R | null;
  /** Nothing more is asked. */
  close(): void;
}

export function onceMoreAtCap<R extends { readonly code: string }>(
  gate: Pick<PauseGate, 'onChange'>,
): OnceMore<R> {
  let said: R | null = null;
  const close = gate.onChange(() => {
    said = null;
  });
  return {
    hear(refusal) {
      if (refusal.code === 'paused') {
        said = null;
        return 'paused';
      }
      if (refusal.code === 'over_cap' && said === null) {
        said = refusal;
        return 'again';
      }
      return said ?? refusal;
    },
    get said() {
      return said;
    },
    close,
  };
}
