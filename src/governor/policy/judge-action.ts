// Puts an action to the policy in force, with what the store knows of its agent, run and budget. Facts that cost a look into the store
// are looked up only when a rule asks for them.
import type { MicroUsd } from '../../core/ledger/money.ts';
import { decide } from '../../core/policy/decide.ts';
import type { PolicyDecision } from '../../core/policy/decision.ts';
import { Inquiry } from '../../core/policy/match-rule.ts';
import type {
  AgentFacts,
  BudgetFacts,
  PolicyContext,
  PolicyRequest,
  RunFacts,
} from '../../core/policy/request.ts';
import type { Rule } from '../../core/policy/rule.ts';
import { readBalance } from '../../store/read/ledger.ts';
import type { RunRow } from '../../store/read/runs.ts';
import { runScope } from '../ledger/cap-states.ts';
import { statesOfRun } from '../ledger/post.ts';
import type { Transaction } from '../transaction.ts';
import { detectorAtHand } from './detector.ts';
import { windowUse } from './window-use.ts';

/** Of a run, or (null) of the operator. */
export function judgeAction(tx: Transaction, run: RunRow | null, request: PolicyRequest): PolicyDecision {
  const context = contextOf(tx, run === null ? null : agentFacts(tx, run.agent_id));
  return decide(tx.rules.policy, request, withRun(context, tx, run));
}

/** The start of a run: there is an agent, but no run yet. */
export function judgeStart(tx: Transaction, agentId: string, request: PolicyRequest): PolicyDecision {
  return decide(tx.rules.policy, request, contextOf(tx, agentFacts(tx, agentId)));
}

/** An action that was counted before: its windows hold it already, and are not asked again. */
export function judgeAgain(tx: Transaction, run: RunRow | null, request: PolicyRequest): PolicyDecision {
  const context = contextOf(tx, run === null ? null : agentFacts(tx, run.agent_id));
  const use: PolicyContext['use'] = () => ({ used: 0, fallsAtMs: null });
  return decide(tx.rules.policy, request, withRun({ ...context, use }, tx, run));
}

/** Whether one rule, whatever its effect, clearly holds for an action. */
export function ruleHolds(tx: Transaction, run: RunRow | null, request: PolicyRequest, rule: Rule): boolean {
  const context = contextOf(tx, run === null ? null : agentFacts(tx, run.agent_id));
  const inquiry = new Inquiry({ request, context: withRun(context, tx, run) });
  return inquiry.judge(rule).result === 'holds';
}

function contextOf(tx: Transaction, agent: AgentFacts | null): PolicyContext {
  return {
    nowMs: tx.nowMs,
    agent,
    detector: tx.rules.policy.rules.usesDetector ? detectorAtHand() : null,
    use: (window, allowed) => windowUse(tx, window, agent?.id ?? null, allowed),
  };
}

function withRun(context: PolicyContext, tx: Transaction, run: RunRow | null): PolicyContext {
  let facts: RunFacts | null = null;
  let budget: BudgetFacts | null = null;
  return {
    ...context,
    get run() {
      facts ??= run === null ? null : runFacts(tx, run);
      return facts;
    },
    get budget() {
      budget ??= run === null ? null : budgetFacts(tx, run);
      return budget;
    },
  };
}

function agentFacts(tx: Transaction, agentId: string): AgentFacts {
  const rules = tx.rules.agents.get(agentId);
  return { id: agentId, risk: rules?.risk ?? null, labels: rules?.labels ?? {}, may: rules?.may ?? {} };
}

function runFacts(tx: Transaction, run: RunRow): RunFacts {
  const balance = readBalance(tx.store, runScope(run.id));
  return {
    id: run.id,
    task: run.task,
    tier: run.tier,
    ageSeconds: (tx.nowMs - run.started_at_ms) / 1_000,
    spentUsd: balance.posted_usd as MicroUsd,
    tokens: balance.posted_tokens,
    llmCalls: balance.posted_llm_calls,
    toolCalls: balance.posted_tool_calls,
    pending: run.proposals_pending,
  };
}

/** Over every cap but those of a single call, with what is reserved. */
function budgetFacts(tx: Transaction, run: RunRow): BudgetFacts {
  let usedPct: number | null = null;
  let leftUsd: number | null = null;
  for (const { cap, posted, reserved } of statesOfRun(tx, run)) {
    if (cap.period === 'call') continue;
    const used = posted + reserved;
    usedPct = Math.max(usedPct ?? 0, cap.limit === 0 ? 100 : (used / cap.limit) * 100);
    if (cap.unit === 'usd') leftUsd = Math.min(leftUsd ?? cap.limit, Math.max(0, cap.limit - used));
  }
  return { usedPct, leftUsd: leftUsd as MicroUsd | null };
}
