// Finds out who speaks, from the raw head alone. Secrets are compared by their SHA-256, so that neither time nor memory tells one;
// a header that is there but wrong never falls back to another way of proving oneself.
import { timingSafeEqual } from 'node:crypto';
import { sha256Hex } from '../../core/canonical.ts';
import type { Store } from '../../store/open.ts';
import { readRunBySecretHash } from '../../store/read/runs.ts';
import { readSession } from '../../store/read/sessions.ts';
import type { Head } from '../guard/head.ts';
import { type AnonymousBecause, type Identity, NOBODY } from './identity.ts';

export type TokenHolder = 'operator' | 'viewer' | 'brake' | 'runner';

export interface IdentifyOptions {
  readonly store: Store;
  /** SHA-256 of each token, in hex. */
  readonly tokens: ReadonlyMap<string, TokenHolder>;
  readonly cookieName: string;
  readonly clock: () => number;
}

export function createIdentify(options: IdentifyOptions): (head: Head) => Identity {
  return (head) => {
    if (head.authorization !== null) return byBearer(options, head.authorization, head.governedAs);
    const cookie = readCookie(head.cookie, options.cookieName);
    if (cookie === null && head.session === null) return NOBODY;
    if (cookie === null || head.session === null) return nobody('session_incomplete');
    const session = readSession(options.store, sha256Hex(cookie));
    if (session === null || session.expires_at_ms <= options.clock()) return nobody('session_over');
    if (!sameHash(session.secret_hash, sha256Hex(head.session))) return nobody('session_over');
    return { kind: 'operator', via: 'session', sessionId: session.id };
  };
}

function byBearer(options: IdentifyOptions, authorization: string, governedAs: string | null): Identity {
  const secret = /^Bearer ([\w.~+/=-]{1,512})$/i.exec(authorization)?.[1];
  if (secret === undefined) return nobody('bad_token');
  const hash = sha256Hex(secret);
  if (secret.startsWith('grs_')) {
    const run = readRunBySecretHash(options.store, hash);
    if (run === null) return nobody('bad_token');
    if (run.ended_at_ms !== null) return { kind: 'anonymous', why: 'run_ended', run };
    if (governedAs === null) return { kind: 'run', run };
    return governedAs === 'agent' ? { kind: 'agent', run } : nobody('bad_token');
  }
  const holder = options.tokens.get(hash);
  if (holder === undefined) return nobody('bad_token');
  return holder === 'operator' ? { kind: 'operator', via: 'token' } : { kind: holder };
}

function nobody(why: AnonymousBecause): Identity {
  return { kind: 'anonymous', why, run: null };
}

/** Null when there is none, or more than one. */
function readCookie(header: string | null, name: string): string | null {
  if (header === null) return null;
  const found = header.split(';').flatMap((pair) => {
    const at = pair.indexOf('=');
    return at > 0 && pair.slice(0, at).trim() === name ? [pair.slice(at + 1).trim()] : [];
  });
  return found.length === 1 ? (found[0] ?? null) : null;
}

function sameHash(a: string, b: string): boolean {
  return a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));
}
