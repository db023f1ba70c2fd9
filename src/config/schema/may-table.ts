// The [may] table of an agent: what it may do by itself, where that differs from the profile of its risk.
import * as z from 'zod';
import { fromUsd } from '../../core/ledger/money.ts';
import type { AutonomyOverride } from '../../core/policy/risk-profile.ts';
import { dollars, oneOf } from './field.ts';

const effect = oneOf(['require_approval', 'deny', 'allow']).optional();

export const mayTable = z.strictObject({
  write: effect,
  send: effect,
  execute: effect,
  pay: effect,
  pay_up_to_usd: dollars.optional(),
});

export function autonomyOverride(table: z.output<typeof mayTable>): AutonomyOverride {
  const { write, send, execute, pay, pay_up_to_usd: limit } = table;
  return {
    ...(write === undefined ? {} : { write }),
    ...(send === undefined ? {} : { send }),
    ...(execute === undefined ? {} : { execute }),
    ...(pay === undefined ? {} : { pay }),
    ...(limit === undefined ? {} : { payUpTo: fromUsd(limit) }),
  };
}
