// Whether an agent, or the project, runs as many at once as it may.
import type { AgentRules } from '../../core/rules/rules.ts';
import { countLiveRuns, readLiveRunsOfAgent } from '../../store/read/runs.ts';
import type { DecisionView } from '../policy/decision-view.ts';
import { type Refused, refused } from '../refusal.ts';

/** Null when one more may start. */
export function whyTooManyRuns(view: DecisionView, agent: AgentRules): Refused | null {
  if (readLiveRunsOfAgent(view.store, agent.id).length >= agent.concurrent) {
    return refused(
      'too_many_runs',
      `${agent.id} already runs ${agent.concurrent} at once`,
      `wait, or raise concurrent in agents/${agent.id}/agent.toml`,
    );
  }
  if (countLiveRuns(view.store) >= view.rules.concurrentRuns) {
    return refused(
      'too_many_runs',
      `${view.rules.concurrentRuns} runs are live already`,
      'wait, or raise [runs] concurrent in governed.toml',
    );
  }
  return null;
}
