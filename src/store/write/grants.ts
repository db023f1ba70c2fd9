// Changes standing approvals. A use is taken by one statement that names every bound: of two who race for the last, one gets it.
import type { Store } from '../open.ts';
import type { GrantRow } from '../read/grants.ts';

export type NewGrant = Omit<GrantRow, 'used' | 'used_usd' | 'revoked_at_ms'>;

const FIELDS = [
  'id',
  'action',
  'resource',
  'agent_id',
  'run_id',
  'conditions',
  'irreversible',
  'uses',
  'usd',
  'until_ms',
  'note',
  'created_at_ms',
  'created_by',
] as const satisfies readonly (keyof NewGrant)[];

const INSERT = `INSERT INTO grants (${FIELDS.join(', ')}) VALUES (${FIELDS.map(() => '?').join(', ')})`;

export function insertGrant(store: Store, grant: NewGrant): void {
  store.statement(INSERT).run(...FIELDS.map((field) => grant[field]));
}

/** True when one more use was left, in count, money and time. A cost that nobody stated never fits a bound on money. */
export function takeGrantUse(store: Store, id: string, costUsd: number | null, nowMs: number): boolean {
  const sql = `UPDATE grants SET used = used + 1, used_usd = used_usd + ifnull(?, 0)
    WHERE id = ? AND revoked_at_ms IS NULL AND used < uses AND until_ms > ?
      AND (usd IS NULL OR used_usd + ? <= usd)`;
  return store.statement(sql).run(costUsd, id, nowMs, costUsd).changes === 1;
}

/** What a use cost in the end, when that was another amount than was expected. */
export function correctGrantCost(store: Store, id: string, byUsd: number): void {
  store.statement('UPDATE grants SET used_usd = max(0, used_usd + ?) WHERE id = ?').run(byUsd, id);
}

/** False when it is revoked already. */
export function revokeGrantRow(store: Store, id: string, nowMs: number): boolean {
  const sql = 'UPDATE grants SET revoked_at_ms = ? WHERE id = ? AND revoked_at_ms IS NULL';
  return store.statement(sql).run(nowMs, id).changes === 1;
}
