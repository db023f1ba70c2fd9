// Says why somebody may not use a route: 401 when it is not known who speaks, 403 when it is.
import { type Problem, problem } from '../problem.ts';
import { type AnonymousBecause, type Identity, runOf, type Who } from './identity.ts';

const WHY_ANONYMOUS: Readonly<Record<AnonymousBecause, readonly [detail: string, hint: string]>> = {
  no_credentials: [
    'this needs credentials',
    'the CLI sends them by itself; a browser gets a session with `governed-agents open`',
  ],
  bad_token: [
    'the credentials are not known here',
    'tokens are in keys/ of the state folder of this project',
  ],
  run_ended: ['the run of this secret has ended', 'start a new one with `governed-agents run`'],
  session_over: ['this session is over', 'get a fresh link with `governed-agents open`'],
  session_incomplete: [
    'a session needs its cookie and its secret',
    'get a fresh link with `governed-agents open`',
  ],
};

export function notAllowed(identity: Identity, who: readonly Who[]): Problem {
  if (identity.kind === 'anonymous') {
    const [detail, hint] = WHY_ANONYMOUS[identity.why];
    return problem(401, identity.why, detail, hint);
  }
  return problem(403, 'forbidden', `${identity.kind} may not do this`, `it is for: ${who.join(', ')}`);
}

/** For routes of runs that name one: a secret speaks for its own run alone. */
export function whyNotOwnRun(identity: Identity, runId: string): Problem | null {
  return runOf(identity).id === runId ? null : problem(403, 'not_yours', 'this secret is of another run');
}
