// One-time codes and the sessions they turn into; what is over is dropped when the next one is made.
import type { Store } from '../open.ts';
import type { SessionRow } from '../read/sessions.ts';

export function insertSessionCode(store: Store, codeHash: string, expiresAtMs: number, nowMs: number): void {
  store.statement('DELETE FROM session_codes WHERE expires_at_ms < ?').run(nowMs);
  store
    .statement('INSERT INTO session_codes (code_hash, expires_at_ms) VALUES (?, ?)')
    .run(codeHash, expiresAtMs);
}

/** True for the one caller that uses the code in time. */
export function useSessionCode(store: Store, codeHash: string, nowMs: number): boolean {
  const sql = `UPDATE session_codes SET used_at_ms = ?
    WHERE code_hash = ? AND used_at_ms IS NULL AND expires_at_ms > ?`;
  return store.statement(sql).run(nowMs, codeHash, nowMs).changes === 1;
}

export function insertSession(store: Store, row: SessionRow, nowMs: number): void {
  store.statement('DELETE FROM sessions WHERE expires_at_ms < ?').run(nowMs);
  store
    .statement(
      'INSERT INTO sessions (id, cookie_hash, secret_hash, created_at_ms, expires_at_ms) VALUES (?, ?, ?, ?, ?)',
    )
    .run(row.id, row.cookie_hash, row.secret_hash, nowMs, row.expires_at_ms);
}
