// The caps that hold for each run of an agent by itself, as they travel: what every new run begins with, and how the live ones stand.
import type { CapView } from '../../governor/ledger/cap-states.ts';
import { type SpendScope, scopeOfRun } from '../../governor/ledger/spend-scope.ts';
import { readLiveRunsOfAgent } from '../../store/read/runs.ts';
import type { WireRunBudgets } from '../wire/record.ts';
import { presentTier } from './budget.ts';
import { freshRun } from './run-cap.ts';

const MOST_RUNS = 50;

/** The newest live runs, at most fifty. */
export function runBudgets(caps: CapView, agentId: string): WireRunBudgets {
  if (caps.rules === null) return { each_run: [], live_runs: [] };
  const ofRuns = (scope: SpendScope) =>
    caps.of(scope).filter(({ cap }) => cap.period === 'call' || cap.period === 'run');
  return {
    each_run: ofRuns(freshRun(agentId)).map(presentTier),
    live_runs: readLiveRunsOfAgent(caps.store, agentId)
      .slice(-MOST_RUNS)
      .map((run) => ({ run_id: run.id, task: run.task, tiers: ofRuns(scopeOfRun(run)).map(presentTier) })),
  };
}
