// What a decision is taken over: the store, the rules that hold and the time. An open transaction is one, so that what is said of an
// action without doing it (explain) is looked up and decided by the very code that decides when it is done.
import type { Condition } from '../../core/policy/rule.ts';
import type { Rules } from '../../core/rules/rules.ts';
import type { Store } from '../../store/open.ts';

export interface DecisionView {
  readonly store: Store;
  readonly rules: Rules;
  readonly nowMs: number;
  /** When the action is said to happen, for the times that rules ask for and the end of grants; not given: now. */
  readonly atMs?: number;
  /** The conditions of a grant, out of how they were given; null when they can't be read. */
  conditionsOf(text: string): readonly Condition[] | null;
}
