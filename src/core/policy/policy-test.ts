// The policy's own test cases: what is given, what is expected, and how each came out. What a case does not say about time and use is
// an ordinary moment: noon of a Wednesday, nothing used yet.
import type { MicroUsd } from '../ledger/money.ts';
import { decide } from './decide.ts';
import type { Effect, PolicyDecision } from './decision.ts';
import type { PolicyRules } from './policy-rules.ts';
import type { AgentFacts, BudgetFacts, Detector, PolicyRequest, RunFacts } from './request.ts';

export interface PolicyTest {
  readonly name: string;
  /** Of policy.toml, from 1. */
  readonly line: number;
  readonly request: PolicyRequest;
  readonly agent: AgentFacts | null;
  readonly run?: RunFacts | null;
  readonly budget?: BudgetFacts | null;
  readonly nowMs: number;
  /** Earlier actions in every window that counts actions. */
  readonly earlierActions: number;
  /** Spent in every window that adds up money. */
  readonly spentUsd: MicroUsd;
  readonly expected: Effect;
  /** The rule that is expected to decide; null: any. */
  readonly expectedRule: string | null;
}

export interface PolicyTestResult {
  readonly test: PolicyTest;
  readonly passed: boolean;
  readonly decision: PolicyDecision;
}

export function runPolicyTests(policy: PolicyRules, detector: Detector | null): readonly PolicyTestResult[] {
  return policy.tests.map((test) => {
    const decision = decide(policy, test.request, {
      nowMs: test.nowMs,
      agent: test.agent,
      ...(test.run === undefined ? {} : { run: test.run }),
      ...(test.budget === undefined ? {} : { budget: test.budget }),
      detector,
      use: ({ measure }) => ({
        used: measure === 'actions' ? test.earlierActions : test.spentUsd,
        fallsAtMs: null,
      }),
    });
    const isRule = test.expectedRule === null || decision.rule === test.expectedRule;
    return { test, passed: decision.effect === test.expected && isRule, decision };
  });
}
