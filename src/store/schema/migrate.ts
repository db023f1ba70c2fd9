// Brings a store to this version's schema, one numbered step at a time, each in its own transaction. A newer store is refused.
import type Database from 'better-sqlite3';
import { OperationError } from '../../core/fault.ts';
import { keep, pragma } from '../kept.ts';
import { SCHEMA_1 } from './schema-1.ts';
import { SCHEMA_2 } from './schema-2.ts';
import { SCHEMA_3 } from './schema-3.ts';
import { SCHEMA_4 } from './schema-4.ts';
import { SCHEMA_5 } from './schema-5.ts';
import { SCHEMA_6 } from './schema-6.ts';
import { SCHEMA_7 } from './schema-7.ts';

const STEPS: readonly string[] = [SCHEMA_1, SCHEMA_2, SCHEMA_3, SCHEMA_4, SCHEMA_5, SCHEMA_6, SCHEMA_7];
/** "GvAg", so that `file` and we can tell a store from any other SQLite file. */
const APPLICATION_ID = 0x47764167;

/** Refuses what is not a store of ours, and one that this version can't use; `mayMigrate` takes an older or empty one. */
export function identify(db: Database.Database, mayMigrate: boolean, path: string): void {
  // At one moment: another process may be making the store.
  const { version, isOurs, isEmpty } = db.transaction(() => ({
    version: versionOf(db),
    isOurs: pragma(db, 'application_id') === APPLICATION_ID,
    isEmpty: keep(db.prepare('SELECT 1 FROM sqlite_schema LIMIT 1')).get() === undefined,
  }))();
  if (!isOurs && (version !== 0 || !isEmpty)) {
    throw new OperationError({
      op: 'open the store',
      code: 'not_a_store',
      message: `${path} is an SQLite file of another program`,
      hint: 'move it away; nothing was changed',
    });
  }
  if (version > STEPS.length) {
    throw new OperationError({
      op: 'open the store',
      code: 'newer_schema',
      message: `the store ${path} has schema ${version}; this version of governed-agents knows ${STEPS.length}`,
      hint: 'install the newer governed-agents that wrote it; nothing was changed',
    });
  }
  if (version < STEPS.length && !mayMigrate) {
    throw new OperationError({
      op: 'open the store',
      code: 'older_schema',
      message: `the store ${path} has schema ${version}; this version needs ${STEPS.length}`,
      hint: 'start `governed-agents serve` once: it migrates the store',
    });
  }
}

/** Of several processes that find an old store at once, one takes each step; the others see it taken. */
export function migrate(db: Database.Database): void {
  const step = db.transaction(() => {
    const version = versionOf(db);
    const sql = STEPS[version];
    if (sql === undefined) return;
    db.exec(sql);
    pragma(db, `user_version = ${version + 1}`);
    pragma(db, `application_id = ${APPLICATION_ID}`);
  });
  while (versionOf(db) < STEPS.length) step.immediate();
}

function versionOf(db: Database.Database): number {
  return pragma(db, 'user_version') as number;
}
