// What a person can type to see something run here: the agent of a new project where there is one, nothing while nothing may start.
import type { WireScoreboardRow } from '../../wire/record.ts';
import type { BoardState } from './board-state.ts';

const EXAMPLE = 'noop';

export type HowToStart = { readonly command: string; readonly isExample: boolean } | 'stopped';

export function howToStart({ status, scoreboard }: Pick<BoardState, 'status' | 'scoreboard'>): HowToStart {
  if (status?.kill_switch.on === true) return 'stopped';
  const agents = scoreboard?.items.filter(mayStart).map((row) => row.agent_id) ?? [EXAMPLE];
  const isExample = agents.includes(EXAMPLE);
  return { command: `governed-agents run ${isExample ? EXAMPLE : 'AGENT'}`, isExample };
}

/** A new run of an agent that is paused or killed is refused. */
function mayStart({ status }: Pick<WireScoreboardRow, 'status'>): boolean {
  return status !== 'paused' && status !== 'killed';
}
