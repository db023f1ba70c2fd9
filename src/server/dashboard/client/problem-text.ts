// Turns whatever came back instead of an answer into a problem that can be shown: what happened and what to do next.
import { fieldsOf } from '../../../core/json-object.ts';
import type { WireProblem } from '../../wire/problem.ts';

/** `body` is what the server sent, parsed where it was JSON; it may be anything. */
export function problemFrom(status: number, body: unknown): WireProblem {
  const fields: Readonly<Record<string, unknown>> = fieldsOf(body);
  const code = stringOr(fields['code'], `http_${status}`);
  const title = stringOr(fields['title'], `The server answered ${status}`);
  const detail = stringOr(fields['detail'], title);
  const hint = fields['hint'];
  const problem = { type: stringOr(fields['type'], 'about:blank'), title, status, code, detail };
  return typeof hint === 'string' && hint !== '' ? { ...problem, hint } : problem;
}

export function unreachable(cause: unknown): WireProblem {
  const why = cause instanceof Error ? cause.message : String(cause);
  return {
    type: 'about:blank',
    title: 'No answer from the server',
    status: 0,
    code: 'unreachable',
    detail: `The server did not answer (${why}). It is not known whether the request arrived.`,
    hint: 'Look whether `governed-agents serve` still runs: `governed-agents status` tells, and reads the store itself when the server is down.',
  };
}

function stringOr(value: unknown, otherwise: string): string {
  return typeof value === 'string' && value !== '' ? value : otherwise;
}
