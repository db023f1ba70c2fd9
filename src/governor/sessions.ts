// One-time codes turn into browser sessions. Only hashes are stored: neither a code nor a session can be read out of the store.

import type { Actor } from '../core/audit/event.ts';
import { sha256Hex } from '../core/canonical.ts';
import { insertSession, insertSessionCode, useSessionCode } from '../store/write/sessions.ts';
import { type Refused, refused } from './refusal.ts';
import type { Transaction } from './transaction.ts';

export const CODE_LIFE_MS = 10 * 60_000;
export const SESSION_LIFE_MS = 12 * 3_600_000;

export interface MintedCode {
  readonly code: string;
  readonly expiresAtMs: number;
}

export function mintSessionCode(tx: Transaction): MintedCode {
  const code = tx.random(24).toString('base64url');
  const expiresAtMs = tx.nowMs + CODE_LIFE_MS;
  insertSessionCode(tx.store, sha256Hex(code), expiresAtMs, tx.nowMs);
  return { code, expiresAtMs };
}

export interface OpenedSession {
  readonly result: 'opened';
  readonly sessionId: string;
  readonly cookie: string;
  readonly secret: string;
  readonly expiresAtMs: number;
}

export function openSession(tx: Transaction, code: string): OpenedSession | Refused {
  if (!useSessionCode(tx.store, sha256Hex(code), tx.nowMs)) {
    return refused(
      'code_invalid',
      'this link was used already, or its ten minutes are over',
      'get a fresh one with `governed-agents open`',
    );
  }
  const sessionId = tx.newId('ses');
  const cookie = tx.random(32).toString('base64url');
  const secret = tx.random(32).toString('base64url');
  const expiresAtMs = tx.nowMs + SESSION_LIFE_MS;
  const hashes = { cookie_hash: sha256Hex(cookie), secret_hash: sha256Hex(secret) };
  insertSession(tx.store, { id: sessionId, ...hashes, expires_at_ms: expiresAtMs }, tx.nowMs);
  const actor: Actor = { kind: 'operator', id: sessionId };
  tx.emit({
    eventType: 'operator_session',
    actor,
    payload: { session_id: sessionId, expires_at: new Date(expiresAtMs).toISOString() },
  });
  return { result: 'opened', sessionId, cookie, secret, expiresAtMs };
}
