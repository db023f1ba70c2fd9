// Whether a person has rejected this kind of action for good in this run: then every variant of it is denied without asking again.
import type { Store } from '../../store/open.ts';

export function finallyRejected(store: Store, runId: string, actionType: string): boolean {
  const sql =
    "SELECT 1 FROM proposals WHERE run_id = ? AND action_type = ? AND status = 'rejected' AND final = 1 LIMIT 1";
  return store.statement(sql).get(runId, actionType) !== undefined;
}
