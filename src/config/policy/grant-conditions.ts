// Reads the conditions of a grant: those of `when` in a rule, as JSON. What a grant bounds by itself (count, money, time) or what only
// ever restricts (a detector) is no condition of one.
import type { Condition } from '../../core/policy/rule.ts';
import { readConditions } from './condition-table.ts';
import type { PolicyProblem } from './policy-problem.ts';

export type GrantConditions =
  | { readonly result: 'conditions'; readonly conditions: readonly Condition[] }
  | { readonly result: 'invalid'; readonly problem: string; readonly hint: string };

export function readGrantConditions(value: unknown, timezone: string): GrantConditions {
  const problems: PolicyProblem[] = [];
  const report = (problem: PolicyProblem): void => {
    problems.push(problem);
  };
  const conditions = readConditions(value, ['when'], { timezone, report, isDotted: () => false });
  const [first] = problems;
  if (first !== undefined) {
    return { result: 'invalid', problem: `${first.path.join('.')} ${first.message}`, hint: first.hint };
  }
  const misplaced = conditions.map(whyNoCondition).find((why) => why !== null);
  if (misplaced !== undefined) return { result: 'invalid', ...misplaced };
  return { result: 'conditions', conditions };
}

function whyNoCondition(condition: Condition): { readonly problem: string; readonly hint: string } | null {
  if (condition.kind === 'window') {
    return {
      problem: 'when: rate and spend are no conditions of a grant',
      hint: 'bound it with uses, usd and until',
    };
  }
  return condition.test.op === 'detects'
    ? { problem: 'when: detects is no condition of a grant', hint: 'write a rule that denies what is found' }
    : null;
}
