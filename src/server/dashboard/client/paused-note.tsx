// Says beside what waits for a decision that something else stands still until a person acts, and leads to it: it is further down.
import type { BoardState } from './board-state.ts';
import { pausedOf, pausedWords } from './paused.ts';

export function PausedNote(props: { readonly state: Pick<BoardState, 'scoreboard' | 'liveRuns'> }) {
  const paused = pausedOf(props.state);
  if (paused.agents + paused.runs === 0) return null;
  return (
    <div class="paused-note">
      <p>
        <strong>{pausedWords(paused)}</strong>, until you {paused.isAtCap ? 'raise it' : 'act'}.
      </p>
      {paused.agents > 0 && (
        <button type="button" class="button small" onClick={() => show('#agents [data-paused]')}>
          {paused.agents === 1 ? 'Show the agent' : 'Show the agents'}
        </button>
      )}
      {paused.runs > 0 && (
        <button type="button" class="button small" onClick={() => show('#runs [data-paused]')}>
          {paused.runs === 1 ? 'Show the run' : 'Show the runs'}
        </button>
      )}
    </div>
  );
}

/** The first of them: brought into sight, and where the keyboard goes on. */
function show(selector: string): void {
  const first = document.querySelector<HTMLElement>(selector);
  first?.scrollIntoView({ block: 'center' });
  first?.focus({ preventScroll: true });
}
