// Puts an action to the policy in force, with what the store knows of its agent, run and budget.
import { decide } from '../../core/policy/decide.ts';
import type { PolicyDecision } from '../../core/policy/decision.ts';
import { Inquiry } from '../../core/policy/match-rule.ts';
import type { PolicyContext, PolicyRequest } from '../../core/policy/request.ts';
import type { Rule } from '../../core/policy/rule.ts';
import { type ActingRun, contextOfRun, contextOfStart } from './decision-context.ts';
import type { DecisionView } from './decision-view.ts';

/** Of a run, or (null) of the operator. */
export function judgeAction(
  view: DecisionView,
  run: ActingRun | null,
  request: PolicyRequest,
): PolicyDecision {
  return decide(view.rules.policy, request, contextOfRun(view, run));
}

/** The start of a run. */
export function judgeStart(view: DecisionView, agentId: string, request: PolicyRequest): PolicyDecision {
  return decide(view.rules.policy, request, contextOfStart(view, agentId));
}

/** An action that was counted before: its windows hold it already, and are not asked again. */
export function judgeAgain(
  view: DecisionView,
  run: ActingRun | null,
  request: PolicyRequest,
): PolicyDecision {
  const use: PolicyContext['use'] = () => ({ used: 0, fallsAtMs: null });
  return decide(view.rules.policy, request, withUse(contextOfRun(view, run), use));
}

/** Whether one rule, whatever its effect, clearly holds for an action. */
export function ruleHolds(
  view: DecisionView,
  run: ActingRun | null,
  request: PolicyRequest,
  rule: Rule,
): boolean {
  const inquiry = new Inquiry({ request, context: contextOfRun(view, run) });
  return inquiry.judge(rule).result === 'holds';
}

/** Spreading the surroundings would look up at once what waits to be asked for. */
function withUse(context: PolicyContext, use: PolicyContext['use']): PolicyContext {
  return Object.create(context, { use: { value: use } }) as PolicyContext;
}
