// The exit code of every way a command can end. Names of refusals are those of the server.
import { InputError } from '../core/fault.ts';
import { RefusalError } from './refusal-error.ts';

export const EXIT = {
  done: 0,
  failed: 1,
  usage: 2,
  wouldOverwrite: 3,
  unreachable: 4,
  denied: 5,
  overBudget: 6,
  stopped: 7,
  recordBroken: 8,
  notAccepted: 9,
} as const;

const BY_CODE: Readonly<Record<string, number>> = {
  would_overwrite: EXIT.wouldOverwrite,
  server_unreachable: EXIT.unreachable,
  denied_by_rule: EXIT.denied,
  self_approve_blocked: EXIT.denied,
  expired: EXIT.denied,
  rejected: EXIT.denied,
  over_cap: EXIT.overBudget,
  open_reservations: EXIT.overBudget,
  paused: EXIT.stopped,
  killed: EXIT.stopped,
  kill_switch: EXIT.stopped,
  record_broken: EXIT.recordBroken,
  rules_not_accepted: EXIT.notAccepted,
  other_folder: EXIT.notAccepted,
  unknown_agent: EXIT.usage,
  unknown_group: EXIT.usage,
  unknown_task: EXIT.usage,
  unknown_run: EXIT.usage,
  not_found: EXIT.usage,
  no_such_cap: EXIT.usage,
  bad_pattern: EXIT.usage,
  bad_conditions: EXIT.usage,
  expires_in_past: EXIT.usage,
  too_long: EXIT.usage,
  invalid: EXIT.usage,
  rules_invalid: EXIT.usage,
};

export function exitCodeOf(error: unknown): number {
  const byCode = BY_CODE[codeOf(error)];
  if (byCode !== undefined) return byCode;
  return error instanceof InputError ? EXIT.usage : EXIT.failed;
}

export function codeOf(error: unknown): string {
  if (error instanceof RefusalError) return error.code;
  if (typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string')
    return error.code;
  return 'internal';
}
