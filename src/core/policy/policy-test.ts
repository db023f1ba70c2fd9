// The policy's own test cases: what is given, what is expected, and how each came out. What a case does not say about time and use is
// an ordinary moment: noon of a Wednesday, nothing used yet.
import type { MicroUsd } from '../ledger/money.ts';
import { UNOPPOSED } from './action-request.ts';
import { decide } from './decide.ts';
import type { Effect, PolicyDecision } from './decision.ts';
import { judgeResult } from './judge-result.ts';
import type { PolicyRules } from './policy-rules.ts';
import type { AgentFacts, BudgetFacts, Detector, PolicyContext, PolicyRequest, RunFacts } from './request.ts';
import { whyNotDecided } from './why-not.ts';

export interface PolicyTest {
  readonly name: string;
  /** Of policy.toml, from 1. */
  readonly line: number;
  /** With a result of a tool as its payload where the case is about one. */
  readonly request: PolicyRequest;
  readonly isOfResult: boolean;
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
  /** Why the rule that was expected to decide did not; null when it did, or none was named. */
  readonly missed: string | null;
}

export function runPolicyTests(policy: PolicyRules, detector: Detector | null): readonly PolicyTestResult[] {
  return policy.tests.map((test) => {
    const context: PolicyContext = {
      nowMs: test.nowMs,
      agent: test.agent,
      ...(test.run === undefined ? {} : { run: test.run }),
      ...(test.budget === undefined ? {} : { budget: test.budget }),
      detector,
      use: ({ measure }) => ({
        used: measure === 'actions' ? test.earlierActions : test.spentUsd,
        fallsAtMs: null,
      }),
    };
    const decision = test.isOfResult
      ? (judgeResult(policy, test.request, context) ?? UNOPPOSED)
      : decide(policy, test.request, context);
    const isRule = test.expectedRule === null || decision.rule === test.expectedRule;
    const expected = isRule ? undefined : policy.rules.rules.find(({ name }) => name === test.expectedRule);
    const missed =
      expected === undefined ? null : whyNotDecided(expected, { request: test.request, context });
    return { test, passed: decision.effect === test.expected && isRule, decision, missed };
  });
}
