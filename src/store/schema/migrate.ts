// Brings a store to this version's schema, one numbered step at a time, each in its own transaction. A newer store is refused.
import type Database from 'better-sqlite3';
import { OperationError } from '../../core/fault.ts';
import { SCHEMA_1 } from './schema-1.ts';

const STEPS: readonly string[] = [SCHEMA_1];
/** "GvAg", so that `file` and we can tell a store from any other SQLite file. */
const APPLICATION_ID = 0x47764167;

export function migrate(db: Database.Database, allowed: boolean, path: string): void {
  const version = db.pragma('user_version', { simple: true }) as number;
  const application = db.pragma('application_id', { simple: true });
  if (version > STEPS.length) {
    throw new OperationError({
      op: 'open the store',
      code: 'newer_schema',
      message: `the store ${path} has schema ${version}; this version of governed-agents knows ${STEPS.length}`,
      hint: 'install the newer governed-agents that wrote it; nothing was changed',
    });
  }
  if (version > 0 && application !== APPLICATION_ID) {
    throw new OperationError({
      op: 'open the store',
      code: 'not_a_store',
      message: `${path} is an SQLite file of another program`,
      hint: 'move it away; nothing was changed',
    });
  }
  if (version === STEPS.length) return;
  if (!allowed) {
    throw new OperationError({
      op: 'open the store',
      code: 'older_schema',
      message: `the store ${path} has schema ${version}; this version needs ${STEPS.length}`,
      hint: 'start `governed-agents serve` once: it migrates the store',
    });
  }
  for (let step = version; step < STEPS.length; step += 1) {
    db.transaction(() => {
      db.exec(STEPS[step] ?? '');
      db.pragma(`user_version = ${step + 1}`);
      db.pragma(`application_id = ${APPLICATION_ID}`);
    })();
  }
}
