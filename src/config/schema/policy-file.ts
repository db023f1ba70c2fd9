// The shape of policy.toml: two lists and a default. The rule language has its place here and is refused until it is built.
import { z } from 'zod';
import type { PolicyRules } from '../../core/policy/lists.ts';
import { duration, field, notYet, oneOf } from './field.ts';

const DEFAULT_TIMEOUT_MS = 12 * 60 * 60 * 1_000;
const USE_LISTS = 'use [auto_approve], [never_auto_approve] and [defaults]';

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
  rule: notYet('rules with conditions', USE_LISTS).optional(),
  test: notYet('a policy’s own test cases', 'leave [[test]] out').optional(),
  grants: notYet('grants in the policy', USE_LISTS).optional(),
  approvers: notYet('naming who may approve', 'the operator decides').optional(),
  presence: notYet('asking for presence', 'the operator’s session decides').optional(),
});

export function policyRules(file: z.output<typeof policyFile>): PolicyRules {
  return {
    defaultEffect: file.defaults?.effect ?? 'require_approval',
    timeoutMs: file.defaults?.timeout ?? DEFAULT_TIMEOUT_MS,
    autoApprove: new Set(file.auto_approve?.action_types),
    neverAutoApprove: new Set(file.never_auto_approve?.action_types),
  };
}
