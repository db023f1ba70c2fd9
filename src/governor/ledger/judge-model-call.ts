// What becomes of one model call before anything is set aside for it: by the agent's models, its price, the rules and the caps. Nothing
// is written here.
import { type Amounts, type CapCheck, type CapState, checkCaps, hasBudget } from '../../core/ledger/caps.ts';
import type { MicroUsd } from '../../core/ledger/money.ts';
import { type Price, priceOf } from '../../core/ledger/price.ts';
import { llmCallRequest } from '../../core/policy/action-request.ts';
import type { PolicyDecision } from '../../core/policy/decision.ts';
import { matchGlob } from '../../core/policy/glob.ts';
import type { ActingRun } from '../policy/decision-context.ts';
import type { DecisionView } from '../policy/decision-view.ts';
import { judgeAction } from '../policy/judge-action.ts';
import { type Refused, refused } from '../refusal.ts';
import { noBudget, whyNoRules } from './at-cap.ts';
import { statesOfRun } from './post.ts';

/** The most that a call may cost, and (for the rules) its cost where that is known. */
export interface ModelCallAmounts {
  readonly amounts: Amounts;
  readonly costUsd: MicroUsd | null;
}

export type JudgedModelCall =
  | Refused
  | { readonly result: 'denied'; readonly decision: PolicyDecision; readonly amounts: Amounts }
  | {
      readonly result: 'judged';
      readonly decision: PolicyDecision;
      readonly check: CapCheck;
      readonly price: Price;
      readonly amounts: Amounts;
    };

/** `ask` answers null for what is too much to count. */
export function judgeModelCall(
  view: DecisionView,
  run: ActingRun,
  model: string,
  ask: (price: Price) => ModelCallAmounts | null,
): JudgedModelCall {
  const lacking = whyNoRules(view.rules, run);
  if (lacking !== null) return lacking;
  const models = view.rules.agents.get(run.agent_id)?.models ?? [];
  if (models.length > 0 && !models.some((pattern) => matchGlob(pattern, model))) {
    return refused(
      'model_not_allowed',
      `${run.agent_id} may not ask for the model ${model}`,
      `add it to models in agents/${run.agent_id}/agent.toml, then \`governed-agents accept\``,
    );
  }
  const price = priceOf(view.rules.prices, model);
  if (price === null) {
    return refused(
      'unpriced',
      `the model ${model} has no price`,
      `add [prices."${model}"] to governed.toml, or set prices.unknown_model = "worst", then \`governed-agents accept\``,
    );
  }
  const asked = ask(price);
  if (asked === null) {
    return refused(
      'unbounded',
      'what this call may cost at most is too much to count',
      'limit the input and output tokens of the call',
    );
  }
  const states: readonly CapState[] = statesOfRun(view, run);
  if (!hasBudget(states)) return noBudget(run.agent_id);
  const decision = judgeAction(view, run, llmCallRequest(model, asked.costUsd));
  const { amounts } = asked;
  if (decision.effect !== 'allow') return { result: 'denied', decision, amounts };
  return { result: 'judged', decision, check: checkCaps(states, amounts), price, amounts };
}
