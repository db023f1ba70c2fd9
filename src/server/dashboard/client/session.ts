// Turns the one-time code of a link into a session and keeps its second secret in localStorage (per origin, port
// included). The code is taken out of the address bar before it is sent, so that it stays in no history.
import { fieldOf } from '../../../core/json-object.ts';
import type { WireProblem } from '../../wire/problem.ts';
import { problemFrom, unreachable } from './problem-text.ts';

const STORAGE_KEY = 'governed-session';

export interface Arrival {
  readonly code: string | null;
  readonly proposalId: string | null;
}

export function takeArrival(): Arrival {
  const fragment = new URLSearchParams(window.location.hash.slice(1));
  const arrival = { code: fragment.get('code'), proposalId: fragment.get('proposal') };
  if (window.location.hash !== '') {
    window.history.replaceState(null, '', window.location.pathname + window.location.search);
  }
  return arrival;
}

export type Opened =
  | { readonly result: 'session'; readonly secret: string }
  | { readonly result: 'none'; readonly problem: WireProblem | null };

/** A code that no longer works still leaves an older session of this browser in use. */
export async function openSession(code: string | null): Promise<Opened> {
  const kept = window.localStorage.getItem(STORAGE_KEY);
  if (code === null)
    return kept === null ? { result: 'none', problem: null } : { result: 'session', secret: kept };
  const exchanged = await exchange(code);
  if (exchanged.result === 'session') window.localStorage.setItem(STORAGE_KEY, exchanged.secret);
  else if (kept !== null) return { result: 'session', secret: kept };
  return exchanged;
}

/** Forgets this session, unless another tab has put a newer one in its place. */
export function forgetSession(secret: string): void {
  if (window.localStorage.getItem(STORAGE_KEY) === secret) window.localStorage.removeItem(STORAGE_KEY);
}

/** Tells when another tab of this browser opened a session. */
export function onSessionElsewhere(take: (secret: string) => void): () => void {
  const listen = (event: StorageEvent): void => {
    if (event.key === STORAGE_KEY && event.newValue !== null) take(event.newValue);
  };
  window.addEventListener('storage', listen);
  return () => window.removeEventListener('storage', listen);
}

async function exchange(code: string): Promise<Opened> {
  try {
    const response = await fetch('/session', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ code }),
      credentials: 'same-origin',
      redirect: 'error',
      cache: 'no-store',
    });
    const body: unknown = await response.json().catch(() => null);
    const secret = fieldOf(body, 'session_secret');
    if (response.ok && typeof secret === 'string') return { result: 'session', secret };
    return { result: 'none', problem: problemFrom(response.status, body) };
  } catch (cause) {
    return { result: 'none', problem: unreachable(cause) };
  }
}
