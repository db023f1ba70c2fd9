// What is wrong with a body or a query, in words that name the field, what it has to be and what was sent. A value is never repeated
// in whole: it may be a secret, and it may be a megabyte.
import * as z from 'zod';
import { valueAt } from '../core/value-at.ts';

export interface FieldFault {
  /** Empty: the body or query itself. */
  readonly field: string;
  readonly message: string;
}

const LONGEST_FIELD = 200;
const LONGEST_MESSAGE = 300;

export function faultsOf(issue: z.core.$ZodIssue, schema: z.ZodType, value: unknown): readonly FieldFault[] {
  const path = issue.path.map(String);
  if (issue.code === 'unrecognized_keys') {
    const known = path.length === 0 ? knownFields(schema) : '';
    return issue.keys.map((key) => fault([...path, key], `is not a known field${known}`));
  }
  return [fault(path, wordsOf(issue, valueAt(value, issue.path)))];
}

function fault(path: readonly string[], message: string): FieldFault {
  return {
    field: path.join('.').slice(0, LONGEST_FIELD),
    message: message.slice(0, LONGEST_MESSAGE),
  };
}

function wordsOf(issue: z.core.$ZodIssue, value: unknown): string {
  if (value === undefined && issue.code !== 'custom') return 'is missing';
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${nameOf(issue.expected)}, not ${kindOf(value)}`;
    case 'invalid_value':
      return `must be ${issue.values.map((each) => JSON.stringify(each)).join(' or ')}, not ${shown(value)}`;
    case 'too_big':
      return sizeWords(issue.origin, 'at most', issue.maximum, value);
    case 'too_small':
      return issue.origin === 'string' && Number(issue.minimum) === 1
        ? 'must not be empty'
        : sizeWords(issue.origin, 'at least', issue.minimum, value);
    default:
      return issue.message;
  }
}

function sizeWords(origin: string, how: string, bound: number | bigint, value: unknown): string {
  if (origin === 'string') return `must be ${how} ${bound} characters long, not ${String(value).length}`;
  if (origin === 'array') return `must have ${how} ${bound} items`;
  return `must be ${how} ${bound}, not ${shown(value)}`;
}

const NAMES: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
};

function nameOf(expected: string): string {
  return NAMES[expected] ?? expected;
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : nameOf(typeof value);
}

function shown(value: unknown): string {
  return typeof value === 'string' && value.length <= 40 ? JSON.stringify(value) : kindOf(value);
}

function knownFields(schema: z.ZodType): string {
  return schema instanceof z.ZodObject ? `; known are ${Object.keys(schema.shape).join(', ') || 'none'}` : '';
}
