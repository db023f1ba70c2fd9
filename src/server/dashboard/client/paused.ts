// What stands paused until a person does something: agents, and runs that stand by themselves. A run that stands with its agent is not
// counted beside it, nor one that goes on by itself when what supervises it is back.
import type { WireRun, WireScoreboardRow } from '../../wire/record.ts';
import type { BoardState } from './board-state.ts';

export interface Paused {
  readonly agents: number;
  readonly runs: number;
  /** Every one of them stands at a cap. */
  readonly isAtCap: boolean;
}

export function pausedOf({ scoreboard, liveRuns }: Pick<BoardState, 'scoreboard' | 'liveRuns'>): Paused {
  const agents = scoreboard?.items.filter(isPausedAgent) ?? [];
  const runs = liveRuns.filter(isPausedRun);
  const isAtCap = [...agents, ...runs].every(({ pause_source: by }) => by === 'cap');
  return { agents: agents.length, runs: runs.length, isAtCap };
}

export function isPausedAgent({ status }: Pick<WireScoreboardRow, 'status'>): boolean {
  return status === 'paused';
}

export function isPausedRun({ status, pause_source: by }: Pick<WireRun, 'status' | 'pause_source'>): boolean {
  return status === 'paused' && by !== 'agent' && by !== 'supervisor';
}

/** "1 agent and 2 runs stand paused at a cap". */
export function pausedWords({ agents, runs, isAtCap }: Paused): string {
  const counted = [
    ...(agents === 0 ? [] : [agents === 1 ? '1 agent' : `${agents} agents`]),
    ...(runs === 0 ? [] : [runs === 1 ? '1 run' : `${runs} runs`]),
  ].join(' and ');
  return `${counted} ${agents + runs === 1 ? 'stands' : 'stand'} paused${isAtCap ? ' at a cap' : ''}`;
}

/** Whether a raise of one of the agent's caps lets the run go on: it stands at a cap, or with an agent that does. */
export function waitsForRaise(run: WireRun, scoreboard: BoardState['scoreboard']): boolean {
  if (run.pause_source !== 'agent') return run.pause_source === 'cap';
  const agent = scoreboard?.items.find((row) => row.agent_id === run.agent_id);
  return agent?.pause_source === 'cap';
}
