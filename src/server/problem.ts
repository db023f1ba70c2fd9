// Refusals and faults as they leave over HTTP (RFC 9457), each with a stable code, what happened and what to do next. Only here does
// a code become a status, and nothing of a bug's inside reaches the caller.
import { STATUS_CODES } from 'node:http';
import { InputError, OperationError } from '../core/fault.ts';
import { faultCode } from '../core/fault-code.ts';
import type { Refused } from '../governor/refusal.ts';
import type { WireProblem } from './wire/problem.ts';

export interface Problem {
  readonly kind: 'problem';
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly hint: string | null;
  readonly extra: Readonly<Record<string, unknown>>;
}

export function problem(
  status: number,
  code: string,
  detail: string,
  hint: string | null = null,
  extra: Readonly<Record<string, unknown>> = {},
): Problem {
  return { kind: 'problem', status, code, detail, hint, extra };
}

/** Every refusal of the governor that is not a conflict with the present state (409). */
const STATUS_OF_REFUSAL: Readonly<Record<string, number>> = {
  not_found: 404,
  unknown_agent: 404,
  unknown_group: 404,
  unknown_task: 404,
  unknown_run: 404,
  no_such_cap: 404,
  invalid: 400,
  self_approve_blocked: 400,
  expires_in_past: 400,
  task_needed: 400,
  code_invalid: 401,
  unbounded: 400,
  edit_of_rejected: 400,
  cost_of_retry: 400,
  bad_pattern: 400,
  too_long: 400,
  over_cap: 402,
  no_budget: 403,
  not_yours: 403,
  unpriced: 403,
  model_not_allowed: 403,
  not_confined: 403,
  denied_by_rule: 403,
  too_many_pending: 429,
  too_many_runs: 429,
  too_many_proposals: 429,
  open_reservations: 429,
  no_watchdog: 503,
};

export function problemOfRefusal(refused: Refused, extra: Readonly<Record<string, unknown>> = {}): Problem {
  const status = STATUS_OF_REFUSAL[refused.code] ?? 409;
  return problem(status, refused.code, refused.detail, refused.hint, { ...refused.facts, ...extra });
}

/** Null for what is nobody's input and nobody's environment: a bug. */
export function problemOfFault(error: unknown): Problem | null {
  if (error instanceof InputError) return problem(400, error.code, error.message, error.hint ?? null);
  if (error instanceof OperationError) {
    const status = error.code === 'rules_not_accepted' ? 409 : 503;
    return problem(status, error.code, error.message, error.hint ?? null);
  }
  const code = faultCode(error);
  if (code?.startsWith('SQLITE_') !== true) return null;
  const hint = 'look with `governed-agents doctor`; stopping agents works meanwhile';
  return problem(503, 'store_unreadable', `the store can't be read (${code})`, hint);
}

export function internalProblem(): Problem {
  const hint = 'server.log in the state folder has the details; please report it';
  return problem(500, 'internal_error', 'the server failed in a way that it should not', hint);
}

export function toWireProblem(from: Problem): WireProblem {
  return {
    ...from.extra,
    type: `urn:governed-agents:problem:${from.code}`,
    title: STATUS_CODES[from.status] ?? 'Error',
    status: from.status,
    code: from.code,
    detail: from.detail,
    ...(from.hint === null ? {} : { hint: from.hint }),
  };
}
