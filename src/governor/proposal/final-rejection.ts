// Whether a person has rejected this kind of action on this target for good in this run: then every variant of it is denied without
// asking again, and no grant approves it.
import { isVariant } from '../../core/proposal/target.ts';
import type { Store } from '../../store/open.ts';

export function finallyRejected(store: Store, runId: string, actionType: string, payload: unknown): boolean {
  const sql =
    "SELECT payload FROM proposals WHERE run_id = ? AND action_type = ? AND status = 'rejected' AND final = 1";
  const rejected = store.statement(sql).all(runId, actionType) as { payload: string }[];
  return rejected.some((row) => isVariant(JSON.parse(row.payload), payload));
}
