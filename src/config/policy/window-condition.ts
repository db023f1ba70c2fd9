// Reads `rate = { over, per, by }` and `spend = { over_usd, per, by }`.
import * as z from 'zod';
import { fromUsd } from '../../core/ledger/money.ts';
import type { Condition } from '../../core/policy/rule.ts';
import { dollars, duration, oneOf, wholeNumber } from '../schema/field.ts';
import type { KeyPath } from '../toml/key-locator.ts';
import type { Reading } from './policy-problem.ts';
import { readTable, unknownKey } from './read-table.ts';
import { readValue } from './read-value.ts';

/** Each decision may have to count so many. */
const MOST_ACTIONS = 10_000;
const LONGEST_MS = 31 * 86_400_000;
/** Money is added up in pieces of five minutes. */
const SHORTEST_SPEND_MS = 300_000;

const FORMS = {
  rate: { keys: ['over', 'per', 'by'], example: '{ over = 60, per = "1m", by = "agent" }' },
  spend: { keys: ['over_usd', 'over', 'per', 'by'], example: '{ over_usd = 100, per = "1d", by = "agent" }' },
} as const;

/** Null after a problem was reported. The actions that a rate counts are filled in from the rule around it. */
export function windowCondition(
  kind: 'rate' | 'spend',
  given: unknown,
  path: KeyPath,
  reading: Reading,
): Condition | null {
  const { keys, example } = FORMS[kind];
  const value = readTable(given, path, `write ${kind} = ${example}`, reading);
  if (value === null) return null;
  for (const key of Object.keys(value)) {
    if (!keys.some((known) => known === key)) unknownKey(path, key, keys, reading.report);
  }
  const perMs = readValue(duration.pipe(perOf(kind)), value['per'], [...path, 'per'], reading);
  const by = readValue(oneOf(['agent', 'all']), value['by'] ?? 'agent', [...path, 'by'], reading);
  const over = kind === 'rate' ? actions(value, path, reading) : money(value, path, reading);
  if (perMs === null || by === null || over === null) return null;
  const measure = kind === 'rate' ? 'actions' : 'micro_usd';
  return { kind: 'window', limit: { window: { measure, by, perMs, actions: null }, over } };
}

function actions(value: Readonly<Record<string, unknown>>, path: KeyPath, reading: Reading): number | null {
  return readValue(wholeNumber(0, MOST_ACTIONS, 60), value['over'], [...path, 'over'], reading);
}

function money(value: Readonly<Record<string, unknown>>, path: KeyPath, reading: Reading): number | null {
  const key = 'over' in value && !('over_usd' in value) ? 'over' : 'over_usd';
  if ('over' in value && 'over_usd' in value) {
    reading.report({
      path: [...path, 'over'],
      message: 'means the same as over_usd',
      hint: 'leave one of them out',
    });
  }
  const usd = readValue(dollars, value[key], [...path, key], reading);
  return usd === null ? null : fromUsd(usd);
}

function perOf(kind: 'rate' | 'spend') {
  return z.number().superRefine((ms, context) => {
    const least = kind === 'rate' ? 1_000 : SHORTEST_SPEND_MS;
    if (ms >= least && ms <= LONGEST_MS) return;
    const message = `must be from ${kind === 'rate' ? '1s' : '5m'} to 31d`;
    const hint = `write for example per = ${kind === 'rate' ? '"1m"' : '"1d"'}`;
    context.addIssue({ code: 'custom', message, params: { hint } });
  });
}
