// Reads a table of conditions (`when`, `unless`): nested tables, dotted keys and quoted keys mean the same path, and its last word may be
// an operator. Whatever is neither a path nor an operator is an error, never a condition that quietly matches nothing.
import { FIELD_NAMES, fieldPath } from '../../core/policy/field-path.ts';
import { type Condition, OPERATORS, type Operator } from '../../core/policy/rule.ts';
import { closest } from '../did-you-mean.ts';
import { shown } from '../schema/field.ts';
import type { KeyPath } from '../toml/key-locator.ts';
import { fieldTest } from './field-test.ts';
import type { Reading } from './policy-problem.ts';
import { isTable } from './read-table.ts';
import { windowCondition } from './window-condition.ts';

interface Place {
  readonly path: KeyPath;
  readonly segments: readonly string[];
}

/** The conditions that could be read; the others were reported. */
export function readConditions(table: unknown, path: KeyPath, reading: Reading): readonly Condition[] {
  if (!isTable(table)) {
    const message = `must be a table of conditions, not ${shown(table)}`;
    reading.report({ path, message, hint: 'write for example { action = "send_email" }' });
    return [];
  }
  if (Object.keys(table).length === 0) {
    const hint = 'name at least one condition: { action = "send_email" }';
    reading.report({ path, message: 'has no conditions', hint });
  }
  return readTable(table, { path, segments: [] }, reading);
}

function readTable(
  table: Readonly<Record<string, unknown>>,
  at: Place,
  reading: Reading,
): readonly Condition[] {
  return Object.entries(table).flatMap(([key, value]) => {
    const place = { path: [...at.path, key], segments: [...at.segments, ...key.split('.')] };
    if (place.segments.length === 1 && (key === 'rate' || key === 'spend')) {
      const condition = windowCondition(key, value, place.path, reading);
      return condition === null ? [] : [condition];
    }
    if (!isTable(value)) return readLeaf(value, place, reading);
    if (Object.keys(value).length > 0) return readTable(value, place, reading);
    const hint = 'give it a value, or an operator: { gt = 100 }';
    reading.report({ path: place.path, message: 'has no condition', hint });
    return [];
  });
}

function readLeaf(value: unknown, place: Place, reading: Reading): readonly Condition[] {
  const last = place.segments.at(-1) ?? '';
  const before = fieldPath(place.segments.slice(0, -1));
  const operator = OPERATORS.find((each) => each === last);
  if (before !== null && operator !== undefined) return conditionOf(before, operator, value, place, reading);
  const path = fieldPath(place.segments);
  if (path === null || isLostOperator(place, before !== null, reading)) {
    reading.report({ path: place.path, ...unknownPath(place, before !== null) });
    return [];
  }
  return conditionOf(path, 'eq', value, place, reading);
}

/** `payload.amount = { over = 1 }` names no operator; `payload.amount.over = 1` names a field within a field. */
function isLostOperator({ path, segments }: Place, mayTakeOperator: boolean, reading: Reading): boolean {
  const isDotted = String(path.at(-1)).includes('.') || reading.isDotted(path);
  return segments.length > 2 && segments[0] === 'payload' && mayTakeOperator && !isDotted;
}

function conditionOf(
  path: NonNullable<ReturnType<typeof fieldPath>>,
  operator: Operator,
  value: unknown,
  place: Place,
  reading: Reading,
): readonly Condition[] {
  const test = fieldTest(path, operator, value, place.path, reading);
  return test === null ? [] : [{ kind: 'field', path, test }];
}

function unknownPath(
  { segments }: Place,
  mayTakeOperator: boolean,
): { readonly message: string; readonly hint: string; readonly code: string } {
  const last = segments.at(-1) ?? '';
  const code = 'unknown_key';
  if (mayTakeOperator && segments.length > 1) {
    const near = closest(last, OPERATORS);
    const known = near === null ? `operators: ${OPERATORS.join(', ')}` : `did you mean ${near}?`;
    const field =
      segments[0] === 'payload' ? `; for a field of this name write ${segments.join('.')}.eq` : '';
    return { code, message: 'is not a known operator', hint: `${known}${field}` };
  }
  const near = closest(segments.join('.'), [...FIELD_NAMES, 'rate', 'spend']);
  const all = `known: ${FIELD_NAMES.join(', ')}, rate, spend`;
  return {
    code,
    message: 'is nothing that a condition can look at',
    hint: near === null ? all : `did you mean ${near}?`,
  };
}
