// Counts recent actions, no further than it is asked: a count is as fast for a busy agent as for an idle one.
import type { ActionFilter } from '../../core/policy/usage-window.ts';
import type { Store } from '../open.ts';

export interface RecentActions {
  /** At most `limit`. */
  readonly count: number;
  /** When the oldest of those was done; null when there is none. */
  readonly oldestMs: number | null;
}

export interface AskedActions {
  /** Null: of all agents. */
  readonly agentId: string | null;
  /** Null: every action. */
  readonly actions: readonly ActionFilter[] | null;
  readonly sinceMs: number;
  readonly limit: number;
}

/** The newest `limit` actions after `sinceMs`. Each filter is a walk down its own index; a prefix looks at its window only. */
export function readRecentActions(store: Store, asked: AskedActions): RecentActions {
  const values: (string | number)[] = [];
  const walks = (asked.actions ?? [null]).map((filter) => {
    const conditions: string[] = [];
    if (asked.agentId !== null) {
      conditions.push('agent_id = ?');
      values.push(asked.agentId);
    }
    if (filter?.kind === 'equal') {
      conditions.push('action = ?');
      values.push(filter.action);
    } else if (filter !== null) {
      conditions.push('substr(action, 1, ?) = ?');
      values.push(filter.prefix.length, filter.prefix);
    }
    conditions.push('at_ms > ?');
    values.push(asked.sinceMs, asked.limit);
    const where = conditions.join(' AND ');
    return `SELECT at_ms FROM (SELECT at_ms FROM counted_actions WHERE ${where} ORDER BY at_ms DESC LIMIT ?)`;
  });
  const newest = `SELECT at_ms FROM (${walks.join(' UNION ALL ')}) ORDER BY at_ms DESC LIMIT ?`;
  const sql = `SELECT count(*) AS count, min(at_ms) AS oldest FROM (${newest})`;
  const row = store.statement(sql).get(...values, asked.limit) as { count: number; oldest: number | null };
  return { count: row.count, oldestMs: row.oldest };
}
