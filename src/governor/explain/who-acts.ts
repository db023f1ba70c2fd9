// Who would do the action that is asked about: a run, an agent without one, or the operator. What was not said is looked for, and
// what is taken for granted then is put into words.
import type { Store } from '../../store/open.ts';
import { readAgent } from '../../store/read/agents.ts';
import { type RunRow, readLiveRunsOfAgent, readRun } from '../../store/read/runs.ts';
import type { ActingRun } from '../policy/decision-context.ts';
import type { DecisionView } from '../policy/decision-view.ts';
import { type Refused, refused } from '../refusal.ts';
import { whyAgentMayNotRun, whyRunMayNotAct } from '../run/may-act.ts';
import type { Question } from './question.ts';

export interface WhoActs {
  readonly result: 'acts';
  readonly agentId: string | null;
  /** Null for the operator, for the start of a run, and where nobody was named. */
  readonly run: ActingRun | null;
  readonly isRunToCome: boolean;
  /** Why nothing that it does is taken at all, just now. */
  readonly stopped: Refused | null;
  readonly assumed: readonly string[];
}

/** No run has it, so that nothing is booked on it and nobody rejected anything in it. */
const RUN_TO_COME = 'run_to_come';

const NOBODY: WhoActs = {
  result: 'acts',
  agentId: null,
  run: null,
  isRunToCome: false,
  stopped: null,
  assumed: [],
};

const OPERATOR: WhoActs = {
  ...NOBODY,
  assumed: ['the operator proposes it; --agent names who else would'],
};

export function whoActs(
  view: DecisionView,
  { agentId, runId }: Question,
  needs: { readonly agent: boolean; readonly run: boolean },
): WhoActs | Refused {
  if (runId !== null && needs.run) return ofRun(view, runId, agentId);
  if (agentId === null && !needs.agent) return OPERATOR;
  const agent = agentId ?? onlyAgent(view);
  if (agent === null) return { ...NOBODY, assumed: [`no agent is named; --agent names one: ${names(view)}`] };
  if (!view.rules.agents.has(agent)) return unknownAgent(view, agent);
  const assumed = agentId === null ? [`${agent} does it, the only agent there is`] : [];
  if (needs.run) return ofAgent(view, agent, assumed);
  const stopped = whyAgentMayNotRun(view.store, agent);
  return { result: 'acts', agentId: agent, run: null, isRunToCome: false, stopped, assumed };
}

function ofRun(view: DecisionView, runId: string, agentId: string | null): WhoActs | Refused {
  const run = readRun(view.store, runId);
  if (run === null) return refused('unknown_run', `there is no run ${runId}`, 'see `governed-agents runs`');
  if (agentId !== null && agentId !== run.agent_id) {
    return refused(
      'not_yours',
      `${runId} is a run of ${run.agent_id}`,
      'leave the agent out, or name its run',
    );
  }
  return acting(view.store, run, []);
}

function ofAgent(view: DecisionView, agentId: string, said: readonly string[]): WhoActs {
  const live = readLiveRunsOfAgent(view.store, agentId);
  const [only, another] = live;
  if (only !== undefined && another === undefined)
    return acting(view.store, only, [...said, `it happens in ${only.id}, the only live run of ${agentId}`]);
  const tier = readAgent(view.store, agentId)?.tier ?? null;
  const several = live.length === 0 ? '' : `; it has ${live.length} live runs, and --run names one`;
  const run: ActingRun = {
    id: RUN_TO_COME,
    agent_id: agentId,
    task: null,
    tier,
    started_at_ms: view.nowMs,
    proposals_pending: 0,
    run_usd_cap: null,
    group_name: null,
    batch: null,
  };
  const fresh = `it happens in a run that has just begun${tier === null ? '' : `, ${tier} as its last one was`}${several}`;
  const stopped = whyAgentMayNotRun(view.store, agentId);
  return { result: 'acts', agentId, run, isRunToCome: true, stopped, assumed: [...said, fresh] };
}

function acting(store: Store, run: RunRow, assumed: readonly string[]): WhoActs {
  const stopped = whyRunMayNotAct(store, run);
  return { result: 'acts', agentId: run.agent_id, run, isRunToCome: false, stopped, assumed };
}

function onlyAgent({ rules }: DecisionView): string | null {
  const [only, another] = [...rules.agents.keys()];
  return only !== undefined && another === undefined ? only : null;
}

function unknownAgent(view: DecisionView, agentId: string): Refused {
  const hint = `agents: ${names(view)}; a new one needs \`governed-agents accept\``;
  return refused('unknown_agent', `there is no accepted agent ${agentId}`, hint);
}

function names({ rules }: DecisionView): string {
  return [...rules.agents.keys()].sort().join(', ') || 'there is none yet';
}
