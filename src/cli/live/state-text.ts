// How the state of a run is said, and how strongly it is confined.
import { visibleString } from '../../core/visible-text.ts';
import type { RunState } from '../../runner/entry.ts';

/** Said of every run once: the tier is never hidden. */
export const ADVISORY = 'advisory: not confined — a hostile agent of this user could get around this';

export function stateText(state: RunState): string {
  if (state.state === 'running') return 'running';
  if (state.state === 'held') return 'held: it waits for a person, and no time limit runs';
  if (state.state === 'missing_supervisor')
    return `frozen: ${visibleString(state.reason)}; goes on by itself when it is back`;
  return state.state === 'paused'
    ? `paused: ${visibleString(state.reason)}`
    : `ending: ${visibleString(state.reason)}`;
}
