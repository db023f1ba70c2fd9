// The rules in force, for what doctor says of them.
import { OperationError } from '../../core/fault.ts';
import type { Rules } from '../../core/rules/rules.ts';
import type { Project } from '../project.ts';
import { RulesInvalidError } from '../refusal-error.ts';
import { acceptedRules, openForReading } from '../state.ts';

/** Null when there are none to read: that the store can't be read is said where it is looked at. */
export function rulesInForce(project: Project): Rules | null {
  try {
    const store = openForReading(project);
    try {
      return acceptedRules(store);
    } finally {
      store.close();
    }
  } catch (error) {
    if (error instanceof OperationError || error instanceof RulesInvalidError) return null;
    throw error;
  }
}
