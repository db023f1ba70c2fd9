// Stores in memory, of the same schema, for what is only worked out and never kept: a replay of the past. Nothing is committed in one, so
// that giving it back empties it; the next one who wants one gets it, since connections are kept until the process ends.
import Database from 'better-sqlite3';
import { keep } from './kept.ts';
import { type Store, wrap } from './open.ts';
import { migrate } from './schema/migrate.ts';

const idle: Store[] = [];

export interface ScratchStore {
  readonly store: Store;
  giveBack(): void;
}

export function takeScratchStore(): ScratchStore {
  const store = idle.pop() ?? newScratchStore();
  store.exec('BEGIN');
  return {
    store,
    giveBack() {
      store.exec('ROLLBACK');
      idle.push(store);
    },
  };
}

function newScratchStore(): Store {
  const db = keep(new Database(':memory:'));
  migrate(db);
  return wrap(db, ':memory:');
}
