// The one way the page speaks to the server: every request carries the session's second secret, every refusal comes
// back as a value, and a 401 ends the session.
import type { WireProblem } from '../../wire/problem.ts';
import { problemFrom, unreachable } from './problem-text.ts';

export type Answer<T> =
  | { readonly ok: true; readonly data: T }
  | { readonly ok: false; readonly problem: WireProblem };

export interface Api {
  readonly get: <T>(path: string) => Promise<Answer<T>>;
  readonly post: <T>(path: string, body: unknown) => Promise<Answer<T>>;
  readonly remove: <T>(path: string) => Promise<Answer<T>>;
  /** The live stream, from after `lastSeq`. */
  readonly stream: (lastSeq: number | null, signal: AbortSignal) => Promise<Response>;
}

const READ_PATIENCE_MS = 10_000;
/** Longer: an impatient page would not know whether what it asked for happened. */
const ACT_PATIENCE_MS = 45_000;

export function createApi(secret: string, onSignedOut: (problem: WireProblem) => void): Api {
  const base: RequestInit = { credentials: 'same-origin', redirect: 'error', cache: 'no-store' };

  async function ask<T>(path: string, patienceMs: number, init: RequestInit): Promise<Answer<T>> {
    try {
      const response = await fetch(path, { ...base, ...init, signal: AbortSignal.timeout(patienceMs) });
      const body: unknown = await response.json().catch(() => null);
      if (response.ok) return { ok: true, data: body as T };
      const problem = problemFrom(response.status, body);
      if (response.status === 401) onSignedOut(problem);
      return { ok: false, problem };
    } catch (cause) {
      return { ok: false, problem: unreachable(cause) };
    }
  }

  return {
    get: (path) => ask(path, READ_PATIENCE_MS, { headers: { 'x-governed-session': secret } }),
    post: (path, body) =>
      ask(path, ACT_PATIENCE_MS, {
        method: 'POST',
        headers: { 'x-governed-session': secret, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }),
    remove: (path) =>
      ask(path, ACT_PATIENCE_MS, { method: 'DELETE', headers: { 'x-governed-session': secret } }),
    async stream(lastSeq, signal) {
      const headers: Record<string, string> = { 'x-governed-session': secret, accept: 'text/event-stream' };
      if (lastSeq !== null) headers['last-event-id'] = String(lastSeq);
      const response = await fetch('/events', { ...base, headers, signal });
      if (response.status === 401) onSignedOut(problemFrom(401, await response.json().catch(() => null)));
      return response;
    },
  };
}
