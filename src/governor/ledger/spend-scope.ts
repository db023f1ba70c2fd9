// Where spend is counted: the scopes of a run, each a running total of its own. A run of a group counts in the group, and in the batch of runs
// that it goes together with.
import type { RunRow } from '../../store/read/runs.ts';

export interface RunGroup {
  readonly name: string;
  readonly batch: string;
}

export interface SpendScope {
  readonly agentId: string;
  readonly runId: string | null;
  /** Micro-dollars; a cap said when the run was started. */
  readonly runUsdCap: number | null;
  readonly group: RunGroup | null;
}

export const runScope = (runId: string): string => `run:${runId}`;
export const agentScope = (agentId: string): string => `agent:${agentId}`;
export const groupScope = (group: string): string => `group:${group}`;
export const batchScope = (batch: string): string => `batch:${batch}`;
export const PROJECT_SCOPE = 'project';

function groupOf({ group_name: name, batch }: Pick<RunRow, 'group_name' | 'batch'>): RunGroup | null {
  return name === null || batch === null ? null : { name, batch };
}

/** As much of a run as its caps hang on. */
export type RunInScope = Pick<RunRow, 'id' | 'agent_id' | 'run_usd_cap' | 'group_name' | 'batch'>;

export function scopeOfRun(run: RunInScope): SpendScope {
  return { agentId: run.agent_id, runId: run.id, runUsdCap: run.run_usd_cap, group: groupOf(run) };
}

/** Every scope that a run's spend is counted in. */
export function scopesOf(run: Pick<RunRow, 'id' | 'agent_id' | 'group_name' | 'batch'>): string[] {
  const group = groupOf(run);
  const shared = group === null ? [] : [batchScope(group.batch), groupScope(group.name)];
  return [runScope(run.id), ...shared, agentScope(run.agent_id), PROJECT_SCOPE];
}

/** Scopes of what ends with its runs have no rolling windows. */
export function hasWindows(scope: string): boolean {
  return !scope.startsWith('run:') && !scope.startsWith('batch:');
}
