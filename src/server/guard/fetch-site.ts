// Refuses requests that a browser says come from another site. A session is a cookie, which a browser adds by itself, so an unsafe
// request of a session has to be said to come from this very origin.
import type { Identity } from '../identity/identity.ts';
import { type Problem, problem } from '../problem.ts';
import type { Head } from './head.ts';

export function whyCrossSite(head: Head, identity: Identity, isPublic: boolean): Problem | null {
  const unsafe = head.method !== 'GET';
  if (
    unsafe &&
    identity.kind === 'operator' &&
    identity.via === 'session' &&
    head.fetchSite !== 'same-origin'
  ) {
    const hint = 'use the dashboard, or the operator token outside of a browser';
    return problem(403, 'cross_site', 'a session may change something only from the dashboard itself', hint);
  }
  if (isPublic && !unsafe) return null;
  if (head.fetchSite === null || head.fetchSite === 'same-origin' || head.fetchSite === 'none') return null;
  return problem(403, 'cross_site', 'a page of another site may not speak to this server');
}
