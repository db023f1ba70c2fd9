// What a person can do about a pause at a cap: raise it, which ends the pause, or wait until the cap's period has gone by.
import type { Board } from './board.ts';

export function CapPause(props: { readonly board: Board; readonly agentId: string }) {
  const { board, agentId } = props;
  return (
    <p class="cap-pause">
      Raising the cap lets it go on.{' '}
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
