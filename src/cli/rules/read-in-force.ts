// The rules in force, for commands that can't do anything without them.
import type { Rules } from '../../core/rules/rules.ts';
import type { Project } from '../project.ts';
import { RefusalError } from '../refusal-error.ts';
import { acceptedRules, openForReading } from '../state.ts';

export function readRulesInForce(project: Project): Rules {
  const store = openForReading(project);
  try {
    const rules = acceptedRules(store);
    if (rules !== null) return rules;
  } finally {
    store.close();
  }
  throw new RefusalError({
    code: 'rules_not_accepted',
    detail: 'no rules are in force in this project yet',
    hint: 'look at them and put them in force with `governed-agents accept`',
  });
}
