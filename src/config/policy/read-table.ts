// A table in a rule, and the keys it may have. A key that nobody knows is reported: ignored, it might have been what makes the rule
// tighter.
import { closest } from '../did-you-mean.ts';
import { shown } from '../schema/field.ts';
import type { KeyPath } from '../toml/key-locator.ts';
import type { Reading, Report } from './policy-problem.ts';

export type Table = Readonly<Record<string, unknown>>;

export function isTable(value: unknown): value is Table {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

/** Null after it was reported. */
export function readTable(value: unknown, path: KeyPath, hint: string, { report }: Reading): Table | null {
  if (isTable(value)) return value;
  report({ path, message: `must be a table, not ${shown(value)}`, hint });
  return null;
}

export function unknownKey(path: KeyPath, key: string, known: readonly string[], report: Report): void {
  const near = closest(key, known);
  const hint = near === null ? `known here: ${known.join(', ')}` : `did you mean ${near}?`;
  report({ path: [...path, key], code: 'unknown_key', message: 'is not a known key', hint });
}
