// How the state of a run is said, and how strongly it is confined.
import { visibleLine } from '../../core/visible-text.ts';
import type { RunHandle, RunState } from '../../runner/entry.ts';

/** Said of every run once: the tier is never hidden, nor why it is no better. */
export function tierText(run: Pick<RunHandle, 'tier' | 'tierReason' | 'keyInAgent'>): string {
  return run.keyInAgent
    ? `${confinement(run)}; key in agent: it has the login that its model calls go out with, and what they cost is notional`
    : confinement(run);
}

function confinement({ tier, tierReason }: Pick<RunHandle, 'tier' | 'tierReason'>): string {
  if (tier === 'confined')
    return 'confined: it sees its workspace and its gateway, and nothing else of this machine';
  return `advisory: not confined, and a hostile agent could get around this (${visibleLine(tierReason ?? 'no reason was given')})`;
}

export function gateText({ isGated }: Pick<RunHandle, 'isGated'>): string {
  return isGated
    ? 'gated: every tool call asks first'
    : 'metered only: what it proposes is decided, what its own tools do is not gated';
}

export function stateText(state: RunState): string {
  if (state.state === 'running') return 'running';
  if (state.state === 'held')
    return 'held: it waits for a person; of its time only what it works meanwhile counts';
  if (state.state === 'missing_supervisor') return `frozen: ${visibleLine(state.reason)}`;
  return state.state === 'paused'
    ? `paused: ${visibleLine(state.reason)}`
    : `ending: ${visibleLine(state.reason)}`;
}
