// The values that settings are made of. Each says what it must be and how it is written, so that every wrong value is answered
// with both; a value that may be a secret is never repeated in the answer.
import * as z from 'zod';
import { MAX_USD } from '../../core/ledger/money.ts';
import { parseDurationMs } from '../../core/time.ts';

export interface FieldProblem {
  readonly message: string;
  readonly hint: string;
  readonly code?: string;
}

/** A value that `read` understands; undefined from it means that the value is not what `expected` says. */
export function field<T>(expected: string, hint: string, read: (value: unknown) => T | undefined) {
  return z.unknown().transform((value, context): T => {
    const found = read(value);
    if (found !== undefined) return found;
    const problem = value === undefined ? 'is missing' : `must be ${expected}, not ${shown(value)}`;
    context.addIssue(fieldIssue({ message: problem, hint }));
    return z.NEVER;
  });
}

/** A problem in the form in which the list of problems finds its hint and code again. */
export function fieldIssue(problem: FieldProblem) {
  return {
    code: 'custom' as const,
    message: problem.message,
    params: { hint: problem.hint, code: problem.code ?? 'invalid_setting' },
  };
}

/** A setting of the documented surface that this version can't honour: refused, because ignoring it would be a false promise. */
export function notYet(what: string, hint: string) {
  const schema = z.unknown().superRefine((value, context) => {
    if (value !== undefined) context.addIssue(fieldIssue(notYetProblem(what, hint)));
  });
  notYetSchemas.add(schema);
  return schema;
}

const notYetSchemas = new WeakSet<object>();

/** Of which nobody should be told as a key to write. */
export function isNotYet(schema: object): boolean {
  return notYetSchemas.has(schema);
}

export function notYetProblem(what: string, hint: string): FieldProblem {
  return { code: 'not_available_yet', message: `is not available yet: ${what}`, hint };
}

export function shown(value: unknown): string {
  if (typeof value === 'string')
    return value.length > 60 ? `${JSON.stringify(value.slice(0, 57))}…` : JSON.stringify(value);
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (Array.isArray(value))
    return value.length > 0 && JSON.stringify(value).length <= 60 ? JSON.stringify(value) : 'a list';
  return value instanceof Date ? 'a date' : 'a table';
}

export const text = (expected: string, hint: string, pattern: RegExp) =>
  field(expected, hint, (value) => (typeof value === 'string' && pattern.test(value) ? value : undefined));

export const line = (hint: string) => text('text', hint, /^[^\0]+$/);

export const oneOf = <const T extends string>(words: readonly T[], hint?: string) =>
  field(
    `one of ${words.map((word) => `"${word}"`).join(', ')}`,
    hint ?? `write "${words[0]}" in quotes`,
    (value) => words.find((word) => word === value),
  );

export const flag = field('true or false', 'write true or false, without quotes', (value) =>
  typeof value === 'boolean' ? value : undefined,
);

export const wholeNumber = (least: number, most: number, example = Math.max(least, 1)) =>
  field(
    `a whole number from ${least} to ${most}`,
    `write a number without quotes, such as ${example}`,
    (value) =>
      typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most
        ? value
        : undefined,
  );

export const dollars = field(
  `an amount of dollars from 0 to ${MAX_USD}`,
  'write a number without quotes and without a currency sign, such as 5 or 0.25',
  (value) => (typeof value === 'number' && value >= 0 && value <= MAX_USD ? value : undefined),
);

/** In milliseconds, more than none. */
export const duration = field(
  'a time such as "90s", "30m" or "12h"',
  'write a number and a unit (ms, s, m, h, d) in quotes',
  (value) => {
    const ms = typeof value === 'string' ? parseDurationMs(value) : null;
    return ms === null || ms === 0 ? undefined : ms;
  },
);

export const lines = (expected: string, hint: string) =>
  field(`a list of ${expected}`, hint, (value) =>
    Array.isArray(value) &&
    value.every((item): item is string => typeof item === 'string' && /^[^\0]+$/.test(item))
      ? value
      : undefined,
  );

/** A program and its arguments; an argument may be empty, the program may not. */
export const command = (hint: string) =>
  field('a list with a program and its arguments', hint, (value) =>
    Array.isArray(value) &&
    value.every((item): item is string => typeof item === 'string' && !item.includes('\0')) &&
    value[0]
      ? value
      : undefined,
  );

/** A list that this version only takes empty. */
export const emptyFor = (what: string, hint: string) =>
  z.unknown().superRefine((value, context) => {
    if (value === undefined || (Array.isArray(value) && value.length === 0)) return;
    const problem = Array.isArray(value)
      ? notYetProblem(what, hint)
      : { message: `must be a list, not ${shown(value)}`, hint: 'write [] or leave the key out' };
    context.addIssue(fieldIssue(problem));
  });
