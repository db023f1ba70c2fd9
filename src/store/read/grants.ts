// Reads standing approvals.
import type { Param, Store } from '../open.ts';

export interface GrantRow {
  readonly id: string;
  readonly action: string;
  readonly resource: string | null;
  readonly agent_id: string | null;
  readonly run_id: string | null;
  /** Conditions as they were given, as JSON; null when there are none. */
  readonly conditions: string | null;
  readonly irreversible: number;
  readonly uses: number;
  readonly used: number;
  /** Micro-dollars; null: no bound on money. */
  readonly usd: number | null;
  readonly used_usd: number;
  readonly until_ms: number;
  readonly note: string | null;
  readonly created_at_ms: number;
  readonly created_by: string | null;
  readonly revoked_at_ms: number | null;
}

export function readGrant(store: Store, id: string): GrantRow | null {
  return (store.statement('SELECT * FROM grants WHERE id = ?').get(id) as GrantRow | undefined) ?? null;
}

/** Those that may still approve something, the one that ends first at the top; there are never more than `MOST_OPEN_GRANTS`. */
export function readOpenGrants(store: Store, nowMs: number): GrantRow[] {
  const sql = `SELECT * FROM grants INDEXED BY grants_open
    WHERE revoked_at_ms IS NULL AND used < uses AND until_ms > ? ORDER BY until_ms, id`;
  return store.statement(sql).all(nowMs) as GrantRow[];
}

/** Newest first. */
export function findGrants(
  store: Store,
  filter: { readonly cursor?: string | undefined; readonly limit: number },
): GrantRow[] {
  const params: Param[] = filter.cursor === undefined ? [] : [filter.cursor];
  const where = filter.cursor === undefined ? '' : 'WHERE id < ?';
  const sql = `SELECT * FROM grants ${where} ORDER BY id DESC LIMIT ?`;
  return store.statement(sql).all(...params, filter.limit) as GrantRow[];
}
