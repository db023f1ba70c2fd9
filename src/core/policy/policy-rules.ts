// policy.toml, compiled: two lists, the rules, what happens to what they leave open, and the policy's own test cases.
import type { Effect } from './decision.ts';
import type { PolicyTest } from './policy-test.ts';
import type { RuleSet } from './rule-set.ts';

export interface PolicyRules {
  /** What no rule and no list matches. */
  readonly defaultEffect: Effect;
  /** How long a proposal waits before it expires, in milliseconds, when no rule says. */
  readonly timeoutMs: number;
  readonly autoApprove: ReadonlySet<string>;
  readonly neverAutoApprove: ReadonlySet<string>;
  readonly rules: RuleSet;
  readonly tests: readonly PolicyTest[];
}
