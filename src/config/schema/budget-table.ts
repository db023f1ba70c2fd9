// A [budget] table: caps named by period and unit, when to warn, and what happens at a cap.
import * as z from 'zod';
import type { BudgetRules, Cap, CapPeriod, CapUnit } from '../../core/ledger/caps.ts';
import { fromUsd } from '../../core/ledger/money.ts';
import { dollars, field, oneOf, wholeNumber } from './field.ts';

const PERIODS: readonly CapPeriod[] = ['call', 'run', 'hour', 'day', 'month', 'total'];
const UNITS: readonly CapUnit[] = ['usd', 'tokens', 'llm_calls', 'tool_calls'];
const HIGHEST_COUNT = 1_000_000_000_000;
const DEFAULT_WARN_AT: readonly number[] = [0.8, 0.95];

type CapKey = `${CapPeriod}_${CapUnit}`;
type CapShape = Record<CapKey, z.ZodOptional<typeof dollars>>;

const count = wholeNumber(0, HIGHEST_COUNT);
const capShape = Object.fromEntries(
  PERIODS.flatMap((period) =>
    UNITS.map((unit) => [`${period}_${unit}`, (unit === 'usd' ? dollars : count).optional()]),
  ),
) as CapShape;

const shares = field('a list of shares between 0 and 1', 'write for example [0.8, 0.95]', (value) =>
  Array.isArray(value) &&
  value.every((share): share is number => typeof share === 'number' && share > 0 && share < 1)
    ? [...new Set(value)].sort((a, b) => a - b)
    : undefined,
);

export const budgetTable = z.strictObject({
  ...capShape,
  warn_at: shares.optional(),
  on_cap: oneOf(['pause', 'end']).optional(),
});

export type BudgetTable = z.output<typeof budgetTable>;

/**
 * No cap at all is a valid budget; whether anything may be spent without one is for the ledger to say. `project` is the table of the
 * whole project: it says when to warn and what happens at a cap wherever this one does not.
 */
export function budgetRules(table: BudgetTable, project: BudgetTable = {}): BudgetRules {
  return {
    caps: caps(table),
    warnAt: table.warn_at ?? project.warn_at ?? DEFAULT_WARN_AT,
    onCap: table.on_cap ?? project.on_cap ?? 'pause',
  };
}

function caps(table: BudgetTable): readonly Cap[] {
  return PERIODS.flatMap((period) =>
    UNITS.flatMap((unit) => {
      const limit = table[`${period}_${unit}`];
      return limit === undefined ? [] : [{ period, unit, limit: unit === 'usd' ? fromUsd(limit) : limit }];
    }),
  );
}
