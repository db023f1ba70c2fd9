// The shape of policy.toml around its rules, whose conditions are read by `policy/condition-table`.
import * as z from 'zod';
import { testTable } from '../policy/test-table.ts';
import { duration, field, notYet, oneOf } from './field.ts';

const USE_LISTS = 'use [auto_approve], [never_auto_approve] and [[rule]]';

const actionTypes = field(
  'a list of names of actions',
  'write for example action_types = ["draft_content"]; letters, digits, _ . : and -',
  (value) =>
    Array.isArray(value) &&
    value.every(
      (item): item is string => typeof item === 'string' && /^[A-Za-z0-9][\w.:-]{0,127}$/.test(item),
    )
      ? value
      : undefined,
);

const list = z.strictObject({ action_types: actionTypes });

export const policyFile = z.strictObject({
  defaults: z
    .strictObject({
      effect: oneOf(['require_approval', 'deny', 'allow']).optional(),
      timeout: duration.optional(),
    })
    .optional(),
  auto_approve: list.optional(),
  never_auto_approve: list.optional(),
  rule: z.array(z.unknown()).optional(),
  test: z.array(testTable).optional(),
  grants: notYet('grants in the policy', USE_LISTS).optional(),
  approvals: notYet('more than one approval', 'the operator decides alone').optional(),
  approvers: notYet('naming who may approve', 'the operator decides').optional(),
  presence: notYet('asking for presence', 'the operator’s session decides').optional(),
  notify: notYet('telling chosen people', 'use [notify] run in governed.toml').optional(),
  channels: notYet('more channels to tell people', 'use [notify] run in governed.toml').optional(),
});
