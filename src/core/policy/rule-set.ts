// All rules of a policy, filed so that a decision looks only at those that may speak of its action.
import { type Condition, costOfCondition, type Rule } from './rule.ts';
import type { UsageWindow } from './usage-window.ts';

export interface RuleSet {
  /** In the order of the file; the order decides nothing. */
  readonly rules: readonly Rule[];
  /** Rules that name the actions they speak of, by action. */
  readonly byAction: ReadonlyMap<string, readonly Rule[]>;
  /** Rules that may speak of any action. */
  readonly ofAny: readonly Rule[];
  /** What the caller of `decide` will be asked to count. */
  readonly windows: readonly UsageWindow[];
  /** The longest window that counts actions, in milliseconds; 0 when there is none. */
  readonly longestRateMs: number;
  readonly usesDetector: boolean;
  /** Whether a rule asks what was used: by the run, under its caps, or in a window of money. */
  readonly asksOfUse: boolean;
}

export const NO_RULES: RuleSet = ruleSet([]);

export function ruleSet(rules: readonly Rule[]): RuleSet {
  const byAction = new Map<string, Rule[]>();
  const ofAny: Rule[] = [];
  const filed = rules.map(cheapestFirst);
  for (const rule of filed) {
    const actions = namedActions(rule);
    if (actions === null) ofAny.push(rule);
    for (const action of actions ?? []) {
      const others = byAction.get(action);
      if (others === undefined) byAction.set(action, [rule]);
      else others.push(rule);
    }
  }
  const conditions = filed.flatMap(({ when, unless }) => [...when, ...(unless ?? [])]);
  const windows = new Map<string, UsageWindow>();
  for (const condition of conditions) {
    if (condition.kind === 'window')
      windows.set(JSON.stringify(condition.limit.window), condition.limit.window);
  }
  return {
    rules: filed,
    byAction,
    ofAny,
    windows: [...windows.values()],
    longestRateMs: Math.max(
      0,
      ...[...windows.values()].map(({ measure, perMs }) => (measure === 'actions' ? perMs : 0)),
    ),
    usesDetector: conditions.some((each) => each.kind === 'field' && each.test.op === 'detects'),
    asksOfUse: conditions.some(asksOfUse),
  };
}

function asksOfUse(condition: Condition): boolean {
  if (condition.kind === 'window') return condition.limit.window.measure === 'micro_usd';
  return /^(run|budget)\./.test(condition.path.text);
}

function cheapestFirst(rule: Rule): Rule {
  const sorted = (conditions: readonly Condition[]): readonly Condition[] =>
    [...conditions].sort((a, b) => costOfCondition(a) - costOfCondition(b));
  return { ...rule, when: sorted(rule.when), unless: rule.unless && sorted(rule.unless) };
}

/** The only actions that a rule can match; null when it may match any. */
function namedActions(rule: Rule): readonly string[] | null {
  for (const condition of rule.when) {
    if (condition.kind !== 'field' || condition.path.text !== 'action') continue;
    const { test } = condition;
    if (test.op === 'eq') return [String(test.value)];
    if (test.op === 'in') return [...test.values].map(String);
  }
  return null;
}
