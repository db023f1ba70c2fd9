// What a person can do about a pause at a cap: raise it, which ends the pause, or wait until the cap's period has gone by.
import type { Board } from './board.ts';
import { enoughWhenPaused } from './pause-reason.ts';

interface CapPauseProps {
  readonly board: Board;
  readonly agentId: string;
  readonly reason: string | null;
}

export function CapPause({ board, agentId, reason }: CapPauseProps) {
  const enough = enoughWhenPaused(reason);
  return (
    <p class="cap-pause">
      Raising the cap lets it go on{enough !== null && `: when it paused, ${enough} was enough`}.{' '}
      <button
        type="button"
        class="button small"
        aria-label={`Show its caps: ${agentId}`}
        onClick={() => board.findCaps(agentId)}
      >
        Show its caps
      </button>
    </p>
  );
}
