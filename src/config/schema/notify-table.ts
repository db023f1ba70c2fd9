// The [notify] table: the program that tells a person, and what it is told of.
import * as z from 'zod';
import type { NotifyKind, NotifyRules } from '../../core/rules/program-rules.ts';
import { notYet, oneOf } from './field.ts';
import { checkStart, programKeys, programRules, startOf } from './program-table.ts';

const KINDS = ['held', 'paused', 'killed', 'warning'] as const satisfies readonly NotifyKind[];
const DEFAULT_TIMEOUT_MS = 10_000;

export const notifyTable = z
  .strictObject({
    ...programKeys,
    on: z.array(oneOf(KINDS)).optional(),
    channels: notYet('more channels to tell people', 'use run: any program gets the event').optional(),
  })
  .superRefine(({ run, module }, context) => {
    checkStart({ run, module }, context);
  });

export function notifyRules(table: z.output<typeof notifyTable>): NotifyRules {
  const program = programRules(table, startOf(table), { timeoutMs: DEFAULT_TIMEOUT_MS });
  return { ...program, on: table.on ?? KINDS };
}
