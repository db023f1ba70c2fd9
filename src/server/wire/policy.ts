// What the rules say of an action, as it travels.
import type { Effect, Severity } from '../../core/policy/decision.ts';

export interface WireJudgement {
  readonly effect: Effect;
  readonly rule: string;
  readonly reasons: readonly string[];
  readonly severity: Severity;
  /** Seconds, when waiting is enough. */
  readonly retry_after: number | null;
  /** How long a person has, when a rule that decided says so. */
  readonly approval_timeout_seconds: number | null;
}

/** What the gate would answer to an action. */
export interface WireExplained extends WireJudgement {
  readonly action: string;
  /** What the agent would be told instead of a verdict. */
  readonly refusal: { readonly code: string; readonly detail: string; readonly hint: string } | null;
  readonly grant_id: string | null;
  /** What the rules say by themselves, where a stop, a cap, a grant or an earlier rejection answers instead. */
  readonly by_rules: WireJudgement | null;
  readonly agent_id: string | null;
  readonly run_id: string | null;
  readonly at: string;
  readonly policy_hash: string;
  readonly assumed: readonly string[];
}
