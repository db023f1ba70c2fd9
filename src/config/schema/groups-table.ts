// The [groups.<name>] tables: caps that runs started with `run --group <name>` share.
import * as z from 'zod';
import type { BudgetRules } from '../../core/ledger/caps.ts';
import { type BudgetTable, budgetRules, budgetTable } from './budget-table.ts';
import { fieldIssue } from './field.ts';

const groupName = z.string().superRefine((name, context) => {
  if (/^[a-z0-9][a-z0-9_-]{0,63}$/.test(name)) return;
  const hint = 'use lower-case letters, digits, _ and -';
  context.addIssue(fieldIssue({ message: 'is not a group’s name', hint }));
});

/** Without a cap, runs would be said to share one and share nothing. */
const groupTable = budgetTable.superRefine((table, context) => {
  if (budgetRules(table).caps.length > 0) return;
  const hint = 'write for example run_usd = 10, or remove the group';
  context.addIssue(fieldIssue({ message: 'has no cap that its runs could share', hint }));
});

export const groupsTable = z.record(groupName, groupTable);

/** `project` says what a group leaves open: when to warn, and what happens at a cap. */
export function groupRules(
  groups: z.output<typeof groupsTable>,
  project: BudgetTable,
): ReadonlyMap<string, BudgetRules> {
  return new Map(Object.entries(groups).map(([name, table]) => [name, budgetRules(table, project)]));
}
