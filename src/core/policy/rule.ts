// One rule of the policy, compiled: what it says, when it holds, and what is exempt from it.
import type { Effect, Severity } from './decision.ts';
import type { FieldPath } from './field-path.ts';
import type { LinearPattern } from './linear-pattern.ts';
import type { DetectKind } from './request.ts';
import type { TimeWindow } from './time-window.ts';
import type { WindowLimit } from './usage-window.ts';

export type Scalar = string | number | boolean;

export type FieldTest =
  | { readonly op: 'eq' | 'ne'; readonly value: Scalar }
  /** All of one type. */
  | { readonly op: 'in' | 'not_in'; readonly values: ReadonlySet<Scalar>; readonly type: 'string' | 'number' }
  | { readonly op: 'gt' | 'gte' | 'lt' | 'lte'; readonly value: number }
  | { readonly op: 'contains'; readonly value: string | number }
  | { readonly op: 'starts_with'; readonly value: string }
  | { readonly op: 'matches'; readonly pattern: LinearPattern }
  | { readonly op: 'exists'; readonly value: boolean }
  | { readonly op: 'detects'; readonly kind: DetectKind }
  | { readonly op: 'within' | 'outside'; readonly windows: readonly TimeWindow[] };

export type Operator = FieldTest['op'];

export const OPERATORS: readonly Operator[] = [
  'eq',
  'ne',
  'in',
  'not_in',
  'gt',
  'gte',
  'lt',
  'lte',
  'contains',
  'starts_with',
  'matches',
  'exists',
  'detects',
  'within',
  'outside',
];

export type Condition =
  | { readonly kind: 'field'; readonly path: FieldPath; readonly test: FieldTest }
  | { readonly kind: 'window'; readonly limit: WindowLimit };

export interface Rule {
  readonly name: string;
  /** What a person is told: its description, or else its conditions in words. */
  readonly summary: string;
  readonly severity: Severity;
  readonly effect: Effect;
  /** At least one; all must hold. */
  readonly when: readonly Condition[];
  /** All must hold for the exception; null when there is none. */
  readonly unless: readonly Condition[] | null;
  /** Only on require_approval. */
  readonly approvalTimeoutMs: number | null;
}

/** How dear a condition is to look at: cheap ones first, so that most rules end at the first. */
export function costOfCondition(condition: Condition): number {
  if (condition.kind === 'window') return 3;
  const { op } = condition.test;
  if (op === 'detects') return 4;
  if (op === 'matches') return 2;
  return op === 'within' || op === 'outside' ? 1 : 0;
}
