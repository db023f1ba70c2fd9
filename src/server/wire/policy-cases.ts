// How the [[test]] cases of a policy came out, as it travels: what `policy test` prints, and what is shown before rules are accepted.
import type { Effect, Severity } from '../../core/policy/decision.ts';
import type { PolicyTestResult } from '../../core/policy/policy-test.ts';

export interface WirePolicyCase {
  readonly name: string;
  /** Of policy.toml, from 1. */
  readonly line: number;
  readonly passed: boolean;
  readonly expected: Effect;
  /** Null: any rule may decide. */
  readonly expected_rule: string | null;
  readonly effect: Effect;
  readonly rule: string;
  readonly reasons: readonly string[];
  readonly severity: Severity;
  /** Why the rule that was expected did not decide; null when it did, or none was named. */
  readonly missed: string | null;
}

export function toWireCase({ test, passed, decision, missed }: PolicyTestResult): WirePolicyCase {
  const { effect, rule, reasons, severity } = decision;
  return {
    name: test.name,
    line: test.line,
    passed,
    expected: test.expected,
    expected_rule: test.expectedRule,
    effect,
    rule,
    reasons,
    severity,
    missed,
  };
}
