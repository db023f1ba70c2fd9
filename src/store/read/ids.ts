// Full ids for the beginning of one, as people write them.
import type { Store } from '../open.ts';

/** In their order; at most `limit`. */
export function findIds(
  store: Store,
  table: 'runs' | 'proposals' | 'grants',
  prefix: string,
  limit: number,
): string[] {
  const sql = `SELECT id FROM ${table} WHERE id >= ? AND id < ? ORDER BY id LIMIT ?`;
  const rows = store.statement(sql).all(prefix, `${prefix}\u{10ffff}`, limit) as { id: string }[];
  return rows.map((row) => row.id);
}
