// The JSON of `GET /admin/changes`: how the governing files on disk differ from what is in force.

import type { WirePolicyCase } from '../../wire/policy-cases.ts';
import type { WireRulesProblem } from '../../wire/record.ts';

export interface RuleFileChange {
  readonly path: string;
  readonly change: 'added' | 'removed' | 'modified';
  /** Unified difference. */
  readonly diff: string;
}

export interface RuleChanges {
  /** Hash of the rules in force; null before the first accept. */
  readonly in_force: string | null;
  /** Hash of the files as they are now: what an accept names, so that nothing unseen is accepted. */
  readonly edited: string;
  readonly files: readonly RuleFileChange[];
  /** Why the edited files can't be put in force as they are. */
  readonly problems: readonly WireRulesProblem[];
  /** How the cases of the edited policy come out. */
  readonly cases?: readonly WirePolicyCase[];
}
