// One test of one value. A value of another type than the test compares with is never taken for one that compares: "500" is no number.
import type { FieldTest, Scalar } from './rule.ts';
import { isInWindow } from './time-window.ts';

/** It can't be told whether the condition holds, and why. */
export interface Unclear {
  readonly unclear: string;
}

export type Truth = boolean | Unclear;

export type ComparingTest = Exclude<FieldTest, { op: 'detects' }>;

/** All but a search for something in a value, which needs a detector. `value` is there: neither missing nor null. */
export function matchValue(test: ComparingTest, value: unknown): Truth {
  switch (test.op) {
    case 'eq':
    case 'ne':
      if (typeof value !== typeof test.value) return wrongType(value, typeof test.value);
      return (value === test.value) === (test.op === 'eq');
    case 'in':
    case 'not_in':
      if (!isOf(value, test.type)) return wrongType(value, test.type);
      return test.values.has(value) === (test.op === 'in');
    case 'gt':
    case 'gte':
    case 'lt':
    case 'lte':
      return isOf(value, 'number') ? compare(test.op, value, test.value) : wrongType(value, 'number');
    case 'contains':
      return contains(value, test.value);
    case 'starts_with':
      return isOf(value, 'string') ? value.startsWith(test.value) : wrongType(value, 'string');
    case 'matches':
      if (!isOf(value, 'string')) return wrongType(value, 'string');
      return test.pattern.test(value) ?? { unclear: 'is too long to be searched for this pattern' };
    case 'exists':
      return test.value;
    case 'within':
    case 'outside': {
      if (!isOf(value, 'number')) return wrongType(value, 'number');
      return test.windows.some((window) => isInWindow(window, value)) === (test.op === 'within');
    }
  }
}

function compare(op: 'gt' | 'gte' | 'lt' | 'lte', value: number, limit: number): boolean {
  if (op === 'gt') return value > limit;
  if (op === 'gte') return value >= limit;
  return op === 'lt' ? value < limit : value <= limit;
}

/** A part of a text, or one of the items of a list. */
function contains(value: unknown, wanted: string | number): Truth {
  if (Array.isArray(value)) return value.includes(wanted);
  if (!isOf(value, 'string')) return wrongType(value, 'string');
  return isOf(wanted, 'string') ? value.includes(wanted) : wrongType(value, 'list');
}

function isOf(value: unknown, type: 'string'): value is string;
function isOf(value: unknown, type: 'number'): value is number;
function isOf(value: unknown, type: 'string' | 'number'): value is Scalar;
function isOf(value: unknown, type: 'string' | 'number'): boolean {
  return typeof value === type && (type !== 'number' || Number.isFinite(value));
}

const TYPE_NAMES: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  boolean: 'true or false',
  list: 'a list',
};

function wrongType(value: unknown, wanted: string): Unclear {
  const is = Array.isArray(value) ? 'a list' : (TYPE_NAMES[typeof value] ?? 'an object');
  return { unclear: `is ${is}, not ${TYPE_NAMES[wanted] ?? wanted}` };
}
