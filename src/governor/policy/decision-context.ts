// What the rules may know of an action: its agent, run, budget and windows of use, as the store has them. Facts that cost a look into
// the store are looked up only when a rule asks for them. Every decision, and every explanation of one, gets its facts here.
import type { MicroUsd } from '../../core/ledger/money.ts';
import type { AgentFacts, BudgetFacts, PolicyContext, RunFacts } from '../../core/policy/request.ts';
import { readBalance } from '../../store/read/ledger.ts';
import type { RunRow } from '../../store/read/runs.ts';
import { statesOfRun } from '../ledger/post.ts';
import { type RunInScope, runScope } from '../ledger/spend-scope.ts';
import type { DecisionView } from './decision-view.ts';
import { detectorAtHand } from './detector.ts';
import { windowUse } from './window-use.ts';

/** As much of a run as is asked about; a run that has yet to begin has no tier that could be told. */
export type ActingRun = RunInScope &
  Pick<RunRow, 'task' | 'started_at_ms' | 'proposals_pending'> & { readonly tier: RunRow['tier'] | null };

/** The surroundings of what a run does, or (null) of what the operator does. */
export function contextOfRun(view: DecisionView, run: ActingRun | null): PolicyContext {
  let facts: RunFacts | null = null;
  let budget: BudgetFacts | null = null;
  return {
    ...contextOf(view, run === null ? null : agentFacts(view, run.agent_id)),
    get run() {
      facts ??= run === null ? null : runFacts(view, run);
      return facts;
    },
    get budget() {
      budget ??= run === null ? null : budgetFacts(view, run);
      return budget;
    },
  };
}

/** The surroundings of the start of a run: there is an agent, but no run yet. */
export function contextOfStart(view: DecisionView, agentId: string): PolicyContext {
  return contextOf(view, agentFacts(view, agentId));
}

function contextOf(view: DecisionView, agent: AgentFacts | null): PolicyContext {
  const nowMs = view.atMs ?? view.nowMs;
  return {
    nowMs,
    agent,
    detector: view.rules.policy.rules.usesDetector ? detectorAtHand() : null,
    use(window, allowed) {
      const use = windowUse(view, window, agent?.id ?? null, allowed);
      // Windows are as they stand now: how long it takes until one falls does not depend on the time that is asked about.
      return use === null || use.fallsAtMs === null
        ? use
        : { ...use, fallsAtMs: use.fallsAtMs + nowMs - view.nowMs };
    },
  };
}

function agentFacts(view: DecisionView, agentId: string): AgentFacts {
  const rules = view.rules.agents.get(agentId);
  return { id: agentId, risk: rules?.risk ?? null, labels: rules?.labels ?? {}, may: rules?.may ?? {} };
}

function runFacts(view: DecisionView, run: ActingRun): RunFacts {
  const balance = readBalance(view.store, runScope(run.id));
  return {
    id: run.id,
    task: run.task,
    tier: run.tier,
    ageSeconds: (view.nowMs - run.started_at_ms) / 1_000,
    spentUsd: balance.posted_usd as MicroUsd,
    tokens: balance.posted_tokens,
    llmCalls: balance.posted_llm_calls,
    toolCalls: balance.posted_tool_calls,
    pending: run.proposals_pending,
  };
}

/** Over every cap but those of a single call, with what is reserved. */
function budgetFacts(view: DecisionView, run: ActingRun): BudgetFacts {
  let usedPct: number | null = null;
  let leftUsd: number | null = null;
  for (const { cap, posted, reserved } of statesOfRun(view, run)) {
    if (cap.period === 'call') continue;
    const used = posted + reserved;
    usedPct = Math.max(usedPct ?? 0, cap.limit === 0 ? 100 : (used / cap.limit) * 100);
    if (cap.unit === 'usd') leftUsd = Math.min(leftUsd ?? cap.limit, Math.max(0, cap.limit - used));
  }
  return { usedPct, leftUsd: leftUsd as MicroUsd | null };
}
