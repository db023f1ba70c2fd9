// Turns what a schema found wrong into errors a person can act on: file, line, the path of the key, what is wrong, what to do.
import * as z from 'zod';
import { InputError } from '../../core/fault.ts';
import { valueAt } from '../../core/value-at.ts';
import { closest } from '../did-you-mean.ts';
import type { KeyPath } from '../toml/key-locator.ts';
import type { TomlDocument } from '../toml/read-toml.ts';
import { isNotYet, shown } from './field.ts';

export type Checked<T> =
  | { readonly result: 'valid'; readonly value: T }
  | { readonly result: 'invalid'; readonly problems: readonly InputError[] };

export function check<S extends z.ZodType>(schema: S, document: TomlDocument): Checked<z.output<S>> {
  const parsed = schema.safeParse(document.value);
  if (parsed.success) return { result: 'valid', value: parsed.data };
  const problems = parsed.error.issues.flatMap((issue) => fromIssue(issue, schema, document));
  return { result: 'invalid', problems: problems.sort((a, b) => (a.line ?? 0) - (b.line ?? 0)) };
}

/** An error about one key of a document, for what only a look at several keys can find. */
export function keyProblem(
  document: TomlDocument,
  path: KeyPath,
  problem: { readonly message: string; readonly hint: string; readonly code?: string },
): InputError {
  return new InputError({
    code: problem.code ?? 'invalid_setting',
    message: `${keyName(path)} ${problem.message}`,
    path: document.path,
    ...document.locate(path),
    hint: problem.hint,
  });
}

/** As it would be written in the file: `prices."claude-x".input_usd_per_mtok`, `command[1]`. */
function keyName(path: KeyPath): string {
  if (path.length === 0) return 'the file';
  return path
    .map((part, index) => {
      if (typeof part === 'number') return `[${part}]`;
      const name = /^[A-Za-z0-9_-]+$/.test(part) ? part : JSON.stringify(part);
      return index === 0 ? name : `.${name}`;
    })
    .join('');
}

function fromIssue(
  issue: z.core.$ZodIssue,
  schema: z.ZodType,
  document: TomlDocument,
): readonly InputError[] {
  const path = issue.path.filter((part) => typeof part !== 'symbol');
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => unknownKey(document, path, key, knownKeys(schema, path)));
    case 'invalid_type':
      return [keyProblem(document, path, wrongShape(issue.expected, valueAt(document.value, path)))];
    case 'invalid_key':
      return [keyProblem(document, path, nameProblem(issue))];
    case 'custom':
      return [keyProblem(document, path, { message: issue.message, ...customFields(issue.params) })];
    default:
      return [
        keyProblem(document, path, { message: issue.message, hint: 'see the comments of the templates' }),
      ];
  }
}

function unknownKey(
  document: TomlDocument,
  path: KeyPath,
  key: string,
  known: readonly string[],
): InputError {
  const near = closest(key, known);
  const all = known.length === 0 ? 'this table takes no keys' : `known here: ${known.join(', ')}`;
  return keyProblem(document, [...path, key], {
    code: 'unknown_key',
    message: 'is not a known key',
    hint: near === null ? all : `did you mean ${near}?`,
  });
}

function wrongShape(expected: string, value: unknown): { readonly message: string; readonly hint: string } {
  const isList = expected === 'array';
  const what =
    value === undefined ? 'is missing' : `must be a ${isList ? 'list' : 'table'}, not ${shown(value)}`;
  const isAlone = isList && typeof value === 'object' && value !== null;
  return {
    message: what,
    hint: isAlone
      ? 'write its name in two pairs of brackets, as in [[rule]], or make it a list: [ … ]'
      : isList
        ? 'write a list: [ … ]'
        : 'write a table: its name in [brackets] on a line of its own',
  };
}

function nameProblem(issue: z.core.$ZodIssueInvalidElement | z.core.$ZodIssueInvalidKey) {
  const inner = issue.issues[0];
  const fields = inner?.code === 'custom' ? customFields(inner.params) : customFields(undefined);
  return { message: inner?.message ?? 'is not a valid name', ...fields };
}

function customFields(params: Record<string, unknown> | undefined): {
  readonly hint: string;
  readonly code: string;
} {
  const hint = params?.['hint'];
  const code = params?.['code'];
  return {
    hint: typeof hint === 'string' ? hint : 'see the comments of the templates',
    code: typeof code === 'string' ? code : 'invalid_setting',
  };
}

/** The keys that a schema knows at a path. */
function knownKeys(schema: z.core.$ZodType, path: KeyPath): readonly string[] {
  let inner: z.core.$ZodType = unwrapped(schema);
  for (const key of path) {
    if (inner instanceof z.ZodObject) {
      const next: unknown = inner.shape[key] ?? inner.def.catchall;
      if (!(next instanceof z.ZodType)) return [];
      inner = unwrapped(next);
    } else if (inner instanceof z.ZodRecord) inner = unwrapped(inner.valueType);
    else if (inner instanceof z.ZodArray) inner = unwrapped(inner.element);
    else return [];
  }
  if (!(inner instanceof z.ZodObject)) return [];
  const keys = Object.entries<z.core.$ZodType>(inner.shape);
  return keys.filter(([, each]) => !isNotYet(unwrapped(each))).map(([key]) => key);
}

function unwrapped(schema: z.core.$ZodType): z.core.$ZodType {
  if (schema instanceof z.ZodOptional) return unwrapped(schema.unwrap());
  // What is rearranged before it is checked is described by the check.
  if (schema instanceof z.ZodPipe)
    return unwrapped(schema.in instanceof z.ZodTransform ? schema.out : schema.in);
  return schema;
}
