// How an agent stands: as it was stopped, else `warning` while a cap that its next call counts under is near. Looked up when it is asked
// for and stored nowhere: what is spent leaves an hour by itself, and what a run spent of its own caps ends with the run.
import { shareReached } from '../../core/ledger/caps.ts';
import { readAgent } from '../../store/read/agents.ts';
import { readLiveRunsOfAgent } from '../../store/read/runs.ts';
import { budgetOf, type CapView } from './cap-states.ts';
import { scopeOfRun } from './spend-scope.ts';

export type AgentStanding = 'ok' | 'warning' | 'paused' | 'killed';

export function agentStatus(caps: CapView, agentId: string): AgentStanding {
  const { store, rules } = caps;
  const row = readAgent(store, agentId);
  if (row === null) return 'ok';
  if (row.status === 'paused' || row.status === 'killed') return row.status;
  if (rules === null) return 'ok';
  const lasting = { agentId, runId: null, runUsdCap: null, group: null };
  const live = row.runs_live === 0 ? [] : readLiveRunsOfAgent(store, agentId);
  const places = [
    { run: { agent_id: agentId, group_name: null }, scope: lasting },
    ...live.map((run) => ({ run, scope: scopeOfRun(run) })),
  ];
  const isNear = places.some(({ run, scope }) =>
    caps.of(scope).some((state) => shareReached(budgetOf(rules, run, state), state) !== null),
  );
  return isNear ? 'warning' : 'ok';
}
