// Makes the first facts of a new state: whose it is and which host writes it.
import { OperationError } from '../core/fault.ts';
import { readMeta } from '../store/read/meta.ts';
import { writeMeta } from '../store/write/meta.ts';
import type { Transaction } from './transaction.ts';

/** Does nothing on a state of the same project; a state of another one is refused. */
export function createState(tx: Transaction, projectId: string): void {
  const owner = readMeta(tx.store, 'project_id');
  if (owner === projectId) return;
  if (owner !== null) {
    throw new OperationError({
      op: 'open the state',
      code: 'other_project',
      message: `the state in ${tx.store.path} belongs to ${owner}, not to ${projectId}`,
      hint: 'each project has its own state folder; check GOVERNED_STATE_HOME',
    });
  }
  writeMeta(tx.store, 'project_id', projectId);
  writeMeta(tx.store, 'host_id', tx.newId('hst'));
  writeMeta(tx.store, 'created_at', String(tx.nowMs));
}
