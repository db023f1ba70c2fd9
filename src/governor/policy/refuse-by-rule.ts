// The refusal of what can't wait for a person: a model call, the start of a run. What a rule holds or denies does not happen, and the
// record says which rule it was.
import type { Actor, Tier } from '../../core/audit/event.ts';
import type { PolicyDecision } from '../../core/policy/decision.ts';
import { type Refused, refused } from '../refusal.ts';
import type { Transaction } from '../transaction.ts';

export interface RefusedAction {
  readonly eventType: 'llm_call_denied' | 'run_denied';
  readonly actor: Actor;
  readonly agentId: string;
  readonly runId: string | null;
  readonly tier: Tier | null;
  readonly facts: Readonly<Record<string, unknown>>;
}

export function refuseByRule(tx: Transaction, decision: PolicyDecision, action: RefusedAction): Refused {
  const { effect, rule, reasons, severity, retryAfterSeconds } = decision;
  const denial = { rule, reasons, severity, retry_after: retryAfterSeconds ?? null };
  tx.emit({
    eventType: action.eventType,
    actor: action.actor,
    agentId: action.agentId,
    runId: action.runId,
    tier: action.tier,
    payload: { ...action.facts, effect, ...denial },
  });
  const hint =
    retryAfterSeconds === undefined
      ? 'see policy.toml; `governed-agents policy explain` says what decides'
      : `try again in ${retryAfterSeconds} s`;
  return { ...refused('denied_by_rule', reasons.join('; '), hint), facts: denial };
}
