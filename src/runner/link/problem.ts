// A refusal of the server as the runner hands it on: its code, what happened, and what to do next.
import type { WireProblem } from '../../server/wire/problem.ts';

export interface Problem {
  readonly code: string;
  readonly detail: string;
  readonly hint: string;
}

export function problemOf({ code, detail, hint }: WireProblem): Problem {
  return { code, detail, hint: hint ?? 'see `governed-agents status`' };
}
