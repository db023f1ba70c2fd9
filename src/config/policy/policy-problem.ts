// Something wrong in the rules of policy.toml, at the key where it is wrong; and a value that is either read or is a problem.
import type { KeyPath } from '../toml/key-locator.ts';

export interface PolicyProblem {
  readonly path: KeyPath;
  readonly message: string;
  readonly hint: string;
  readonly code?: string;
}

export type Report = (problem: PolicyProblem) => void;

/** Where a rule's values are read: what is beside them, and where problems go. */
export interface Reading {
  /** The project's, for times that name no zone. */
  readonly timezone: string;
  readonly report: Report;
  /** Whether a key was written with its parent, as in `a.b = 1`, rather than inside the parent's table. */
  isDotted(path: KeyPath): boolean;
}
