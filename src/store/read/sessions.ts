// Reads operator sessions by the hash of their cookie; neither cookie nor secret is stored.
import type { Store } from '../open.ts';

export interface SessionRow {
  readonly id: string;
  readonly cookie_hash: string;
  readonly secret_hash: string;
  readonly expires_at_ms: number;
}

export function readSession(store: Store, cookieHash: string): SessionRow | null {
  const sql = 'SELECT id, cookie_hash, secret_hash, expires_at_ms FROM sessions WHERE cookie_hash = ?';
  return (store.statement(sql).get(cookieHash) as SessionRow | undefined) ?? null;
}
