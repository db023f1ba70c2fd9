// Why a rule did not decide an action, for who expected it to: the first of its conditions that does not hold, or what was stricter.

import type { Subject } from './field-path.ts';
import { Inquiry, type Outcome } from './match-rule.ts';
import { conditionsText } from './reason.ts';
import type { Condition, Rule } from './rule.ts';

export function whyNotDecided(rule: Rule, subject: Subject): string {
  const { name, when, unless } = rule;
  const result = (conditions: readonly Condition[]): Outcome['result'] =>
    new Inquiry(subject).judge({ ...rule, when: conditions, unless: null }).result;
  // What can't be told is no answer to this: the rule has said it as its reason.
  const missed = when.find((condition) => result([condition]) === 'no');
  if (missed !== undefined) return `${name} does not hold: not so that ${conditionsText([missed], null)}`;
  if (unless !== null && result(unless) === 'holds')
    return `${name} is exempted: ${conditionsText(unless, null)}`;
  return `${name} speaks too, but is not what decides: of several the strictest does, then the most severe`;
}
