// Makes the test of one condition out of an operator and its value, after checking that the two and the path go together.
import type { FieldPath } from '../../core/policy/field-path.ts';
import { parseLinearPattern } from '../../core/policy/linear-pattern.ts';
import type { FieldTest, Operator, Scalar } from '../../core/policy/rule.ts';
import { parseTimeWindow, type TimeWindow } from '../../core/policy/time-window.ts';
import { closest } from '../did-you-mean.ts';
import { shown } from '../schema/field.ts';
import type { KeyPath } from '../toml/key-locator.ts';
import type { Reading } from './policy-problem.ts';

type Value = string | number | boolean;

const TEXT_ONLY: ReadonlySet<Operator> = new Set(['contains', 'starts_with', 'matches', 'detects']);
const NUMBER_ONLY: ReadonlySet<Operator> = new Set(['gt', 'gte', 'lt', 'lte']);
const TIME_ONLY: ReadonlySet<Operator> = new Set(['within', 'outside']);
const TIME_HINT =
  'write for example "Mon-Fri 09:00-17:00 Europe/Berlin" or "2026-12-24 18:00..2027-01-02 UTC"';
const ACTION_NAME = /^[A-Za-z0-9][\w.:-]{0,127}$/;

/** Null after a problem was reported. */
export function fieldTest(
  path: FieldPath,
  op: Operator,
  value: unknown,
  at: KeyPath,
  reading: Reading,
): FieldTest | null {
  const problem = (message: string, hint: string): null => {
    reading.report({ path: at, message, hint });
    return null;
  };
  const misfit = whyNotTaken(path, op);
  if (misfit !== null) return problem(misfit.message, misfit.hint);
  switch (op) {
    case 'eq':
    case 'ne': {
      if (!isScalar(value))
        return problem(`must be text, a number, true or false, not ${shown(value)}`, listHint(op));
      const bad = badOperand(path, value);
      return bad === null ? { op, value } : problem(bad.message, bad.hint);
    }
    case 'in':
    case 'not_in':
      return oneOfMany(path, op, value, problem);
    case 'gt':
    case 'gte':
    case 'lt':
    case 'lte':
      return typeof value === 'number' && Number.isFinite(value)
        ? { op, value }
        : problem(`must be a number, not ${shown(value)}`, 'write a number without quotes, such as 100');
    case 'contains':
      return (typeof value === 'string' && value !== '') || (typeof value === 'number' && path.type === 'any')
        ? { op, value }
        : problem(`must be text, not ${shown(value)}`, 'write the text in quotes');
    case 'starts_with':
      return typeof value === 'string' && value !== ''
        ? { op, value }
        : problem(`must be text, not ${shown(value)}`, 'write the text in quotes');
    case 'matches':
      return pattern(value, problem);
    case 'exists':
      return typeof value === 'boolean'
        ? { op, value }
        : problem(`must be true or false, not ${shown(value)}`, 'write true or false, without quotes');
    case 'detects':
      return value === 'pii' || value === 'secret'
        ? { op, kind: value }
        : problem(
            `must be "pii" or "secret", not ${shown(value)}`,
            'write "pii" for personal data, or "secret"',
          );
    case 'within':
    case 'outside':
      return times(op, value, reading.timezone, problem);
  }
}

interface Said {
  readonly message: string;
  readonly hint: string;
}

type Problem = (message: string, hint: string) => null;

function whyNotTaken({ text, type }: FieldPath, op: Operator): Said | null {
  const no = (takes: string): Said => ({
    message: `can't be asked of ${text}`,
    hint: `${text} takes ${takes}`,
  });
  if (type === 'time') return TIME_ONLY.has(op) ? null : no('within and outside');
  if (TIME_ONLY.has(op))
    return { message: `can't be asked of ${text}`, hint: `only time can be ${op} a window` };
  if (op === 'exists') return null;
  if (type === 'structure') {
    return op === 'detects'
      ? null
      : no(
          `exists and detects; for one of its fields write ${text}.NAME, and for one named ${op} ${text}.${op}.eq`,
        );
  }
  if (type === 'text' && NUMBER_ONLY.has(op))
    return no('eq, ne, in, not_in, contains, starts_with, matches, exists: it is text');
  if (type === 'number' && TEXT_ONLY.has(op))
    return no('eq, ne, in, not_in, gt, gte, lt, lte, exists: it is a number');
  return null;
}

function isScalar(value: unknown): value is Value {
  return (
    typeof value === 'string' ||
    typeof value === 'boolean' ||
    (typeof value === 'number' && Number.isFinite(value))
  );
}

function listHint(op: 'eq' | 'ne'): string {
  return `for several values write { ${op === 'eq' ? 'in' : 'not_in'} = ["a", "b"] }`;
}

/** A value that the path can never have. */
function badOperand({ text, type, words }: FieldPath, value: Value): Said | null {
  const wanted = type === 'text' ? 'string' : type === 'number' ? 'number' : null;
  if (wanted !== null && typeof value !== wanted) {
    const hint = wanted === 'string' ? 'write the text in quotes' : 'write a number without quotes';
    return { message: `must be ${wanted === 'string' ? 'text' : 'a number'}, not ${shown(value)}`, hint };
  }
  if (words !== undefined && typeof value === 'string' && !words.includes(value)) {
    const near = closest(value, words);
    const hint = near === null ? `one of ${words.join(', ')}` : `did you mean "${near}"?`;
    return { message: `is never ${shown(value)}`, hint };
  }
  if (text === 'action' && !ACTION_NAME.test(String(value))) {
    return { message: `is no name of an action: ${shown(value)}`, hint: 'use letters, digits, _ . : and -' };
  }
  return null;
}

function oneOfMany(path: FieldPath, op: 'in' | 'not_in', value: unknown, problem: Problem): FieldTest | null {
  const hint = 'write for example ["a", "b"] or [1, 2]';
  if (!Array.isArray(value) || value.length === 0)
    return problem(`must be a list of values, not ${shown(value)}`, hint);
  const values: Scalar[] = value.filter(isScalar);
  const type = typeof values[0];
  if (
    values.length < value.length ||
    (type !== 'string' && type !== 'number') ||
    values.some((each) => typeof each !== type)
  ) {
    return problem('must hold texts only, or numbers only', hint);
  }
  for (const each of values) {
    const bad = badOperand(path, each);
    if (bad !== null) return problem(bad.message, bad.hint);
  }
  return { op, values: new Set(values), type };
}

function pattern(value: unknown, problem: Problem): FieldTest | null {
  if (typeof value !== 'string' || value === '')
    return problem(
      `must be a regular expression, not ${shown(value)}`,
      "write it in single quotes: '^https://'",
    );
  const parsed = parseLinearPattern(value);
  if (parsed.result === 'pattern') return { op: 'matches', pattern: parsed.pattern };
  const hint = 'use RE2 syntax: no look-around, no back-references, no large repetitions';
  return problem(`is no regular expression that can be judged in linear time: ${parsed.problem}`, hint);
}

function times(
  op: 'within' | 'outside',
  value: unknown,
  timezone: string,
  problem: Problem,
): FieldTest | null {
  const texts = Array.isArray(value) ? value : [value];
  const windows: TimeWindow[] = [];
  for (const text of texts) {
    if (typeof text !== 'string') return problem(`must be a time window, not ${shown(text)}`, TIME_HINT);
    const parsed = parseTimeWindow(text, timezone);
    if (parsed.result === 'invalid')
      return problem(`is no time window: ${shown(text)}: ${parsed.problem}`, TIME_HINT);
    windows.push(parsed.window);
  }
  return windows.length === 0 ? problem('names no time window', TIME_HINT) : { op, windows };
}
