// What is asked of an action that nobody has done, and the answer: what the gate would say to it, and what that rests on.
import type { MicroUsd } from '../../core/ledger/money.ts';
import type { PolicyDecision } from '../../core/policy/decision.ts';
import type { Refused } from '../refusal.ts';

export interface Question {
  /** An action type, `tool:<Name>`, `llm_call` or `run_start`. */
  readonly action: string;
  /** Undefined: none was given. */
  readonly payload: unknown;
  /** What a tool brought back: then that is asked about, not the call. Undefined: none was given. */
  readonly result: unknown;
  /** What is acted on, for who does not want to write a payload for it. */
  readonly resource: string | null;
  /** Null: the operator, or the only agent where only agents act. */
  readonly agentId: string | null;
  readonly runId: string | null;
  readonly model: string | null;
  readonly costUsd: MicroUsd | null;
  readonly reversible: boolean | null;
  readonly requiresApproval: boolean | null;
  /** The absolute path of an agent's folder. */
  readonly agentDir: (agentId: string) => string;
}

export interface Explained {
  readonly result: 'explained';
  /** What the gate would answer. */
  readonly decision: PolicyDecision;
  /** What lists, rules and defaults say by themselves, where the gate answers something else; else null. */
  readonly byRules: PolicyDecision | null;
  /** What the agent would be told instead of a verdict; the decision says the same. */
  readonly refusal: Refused | null;
  readonly grantId: string | null;
  readonly agentId: string | null;
  readonly runId: string | null;
  /** In words, what was not asked and was taken for granted. */
  readonly assumed: readonly string[];
}

/** What one sort of action comes to. */
export type Answer = Pick<Explained, 'decision' | 'refusal' | 'grantId'> & {
  readonly byRules: PolicyDecision;
};

/** A stop, a cap or another refusal before the rules, in the form of a decision. */
export function answerRefused(refusal: Refused, byRules: PolicyDecision): Answer {
  const decision = {
    effect: 'deny',
    rule: refusal.code,
    reasons: [refusal.detail],
    severity: 'high',
  } as const;
  return { decision, byRules, refusal, grantId: null };
}

export function answerByRules(decision: PolicyDecision): Answer {
  return { decision, byRules: decision, refusal: null, grantId: null };
}
