// What a person and an agent are told about a rule that spoke: its name and description, or else its conditions as they were written.
import type { Condition, FieldTest, Rule, Scalar } from './rule.ts';
import { limitText } from './usage-window.ts';

export function reasonOf({ name, summary }: Rule, notes: readonly string[]): string {
  return notes.length === 0 ? `${name}: ${summary}` : `${name}: ${summary} (${notes.join('; ')})`;
}

export function unclearReason({ name, effect }: Rule, why: string): string {
  return effect === 'allow' ? `${name} does not allow it: ${why}` : `${name} needs a person to look: ${why}`;
}

/** The summary of a rule that has no description. */
export function conditionsText(when: readonly Condition[], unless: readonly Condition[] | null): string {
  const all = (conditions: readonly Condition[]): string => conditions.map(conditionText).join(' and ');
  return unless === null ? all(when) : `${all(when)}, unless ${all(unless)}`;
}

function conditionText(condition: Condition): string {
  if (condition.kind === 'window') return limitText(condition.limit);
  return `${condition.path.text} ${testText(condition.test)}`;
}

const WORDS: Readonly<Record<string, string>> = {
  eq: 'is',
  ne: 'is not',
  gt: 'is over',
  gte: 'is at least',
  lt: 'is under',
  lte: 'is at most',
  contains: 'contains',
  starts_with: 'starts with',
};

function testText(test: FieldTest): string {
  switch (test.op) {
    case 'in':
    case 'not_in':
      return `is ${test.op === 'in' ? 'one' : 'none'} of ${[...test.values].map(shown).join(', ')}`;
    case 'matches':
      return `matches ${shown(test.pattern.source)}`;
    case 'exists':
      return test.value ? 'is there' : 'is missing';
    case 'detects':
      return test.kind === 'pii' ? 'holds personal data' : 'holds a secret';
    case 'within':
    case 'outside':
      return `is ${test.op} ${test.windows.map(({ text }) => text).join(' or ')}`;
    default:
      return `${WORDS[test.op] ?? test.op} ${shown(test.value)}`;
  }
}

function shown(value: Scalar): string {
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}
