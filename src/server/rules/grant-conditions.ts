// The conditions of grants, compiled once each: every held action looks at them.
import { readGrantConditions } from '../../config/rules-entry.ts';
import type { Condition } from '../../core/policy/rule.ts';
import type { RulesInForce } from './in-force.ts';

const MOST_KEPT = 1_000;

/** Null for what can't be read as conditions (by another version, say). */
export function createConditionsOf(rules: RulesInForce): (text: string) => readonly Condition[] | null {
  const known = new Map<string, readonly Condition[] | null>();
  return (text) => {
    const timezone = rules.current()?.rules.timezone ?? 'UTC';
    const key = `${timezone} ${text}`;
    const kept = known.get(key);
    if (kept !== undefined) return kept;
    const read = readGrantConditions(JSON.parse(text), timezone);
    const conditions = read.result === 'conditions' ? read.conditions : null;
    if (known.size >= MOST_KEPT) known.clear();
    known.set(key, conditions);
    return conditions;
  };
}
