// The shape of governed.toml.
import * as z from 'zod';
import { isId } from '../../core/id.ts';
import { isTimezone } from '../../core/policy/local-time.ts';
import { closest } from '../did-you-mean.ts';
import { defaultsTable } from './agent-file.ts';
import { budgetTable } from './budget-table.ts';
import { executorTable } from './executor-table.ts';
import { field, fieldIssue, flag, lines, notYet, shown, wholeNumber } from './field.ts';
import { groupsTable } from './groups-table.ts';
import { notifyTable } from './notify-table.ts';
import { pricesTable } from './price-table.ts';
import { providersTable } from './provider-table.ts';
import { watchdogTable } from './watchdog-table.ts';

const projectId = field(
  'a project id (prj_ and 26 letters and digits)',
  'take the id that `governed-agents init` made',
  (value) => (typeof value === 'string' && isId('prj', value) ? value : undefined),
);

const timezone = z.unknown().transform((value, context): string => {
  if (typeof value === 'string' && isTimezone(value)) return value;
  const near = typeof value === 'string' ? closest(value, Intl.supportedValuesOf('timeZone')) : null;
  const hint = near === null ? 'write a name such as "Europe/Berlin" or "UTC"' : `did you mean "${near}"?`;
  context.addIssue(fieldIssue({ message: `must be the name of a time zone, not ${shown(value)}`, hint }));
  return z.NEVER;
});

const actionType = z.string().superRefine((name, context) => {
  if (/^[A-Za-z0-9][\w.:-]{0,127}$/.test(name)) return;
  const hint = 'use letters, digits, _ . : and -';
  context.addIssue(fieldIssue({ message: 'is not the name of an action', hint }));
});

export const projectFile = z.strictObject({
  project: z.strictObject({ id: projectId, timezone: timezone.optional() }),
  server: z.strictObject({ port: wholeNumber(1, 65_535, 8005).optional() }).optional(),
  defaults: defaultsTable.optional(),
  budget: budgetTable.optional(),
  groups: groupsTable.optional(),
  runs: z.strictObject({ concurrent: wholeNumber(1, 1_000, 4).optional() }).optional(),
  providers: providersTable.optional(),
  requests: z
    .strictObject({ free_fields: lines('fields of requests', 'write for example ["keep_alive"]').optional() })
    .optional(),
  prices: pricesTable.optional(),
  executors: z.record(actionType, executorTable).optional(),
  credentials: notYet('credentials for runs', 'leave [credentials] out').optional(),
  notify: notifyTable.optional(),
  watchdog: watchdogTable.optional(),
  record: z
    .strictObject({
      include_content: flag.optional(),
      retention: notYet('retention of the record', 'leave it out: everything is kept').optional(),
      redaction: notYet('redaction of the record', 'use include_content = false').optional(),
      sinks: notYet('copies of the record elsewhere', 'leave it out').optional(),
      heads: notYet(
        'publishing signed heads',
        'keep the output of `governed-agents audit head` elsewhere',
      ).optional(),
    })
    .optional(),
});

export type ProjectFile = z.output<typeof projectFile>;
