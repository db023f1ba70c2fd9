// Who speaks. A run's secret speaks for its runner; with `x-governed-as: agent`, which the run's gateway adds, it speaks for the
// agent and may do less. Nothing in a body ever says who somebody is.
import type { Actor } from '../../core/audit/event.ts';
import type { RunRow } from '../../store/read/runs.ts';

/** Who may use a route; `public` is anyone on loopback, whatever else the request carries. */
export type Who = 'operator' | 'viewer' | 'brake' | 'runner' | 'run' | 'agent' | 'public';

export type Identity =
  | { readonly kind: 'operator'; readonly via: 'token' }
  | { readonly kind: 'operator'; readonly via: 'session'; readonly sessionId: string }
  | { readonly kind: 'viewer' | 'brake' | 'runner' }
  | { readonly kind: 'run' | 'agent'; readonly run: RunRow }
  | { readonly kind: 'anonymous'; readonly why: AnonymousBecause; readonly run: RunRow | null };

export type AnonymousBecause =
  | 'no_credentials'
  | 'bad_token'
  | 'run_ended'
  | 'session_over'
  | 'session_incomplete';

export const NOBODY: Identity = { kind: 'anonymous', why: 'no_credentials', run: null };

/** How it is written into the record. */
export function actorOf(identity: Identity): Actor {
  switch (identity.kind) {
    case 'operator':
      return { kind: 'operator', id: identity.via === 'session' ? identity.sessionId : null };
    case 'run':
      return { kind: 'runner', id: identity.run.id };
    case 'agent':
      return { kind: 'agent', id: identity.run.agent_id };
    case 'anonymous':
      return { kind: 'anonymous', id: null };
    default:
      return { kind: identity.kind, id: null };
  }
}

/** The run that a `run` or `agent` speaks for; a route that lists neither never asks. */
export function runOf(identity: Identity): RunRow {
  if (identity.kind === 'run' || identity.kind === 'agent') return identity.run;
  throw new Error(`a route for runs was reached by ${identity.kind}`);
}

/** The run whose own things alone an identity may see; null for those who see everything. */
export function ownRunOf(identity: Identity): RunRow | null {
  return identity.kind === 'run' || identity.kind === 'agent' ? identity.run : null;
}
