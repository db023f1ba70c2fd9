// Keeps SQLite's objects until the process ends. Since Node 24.19 a native object that the collector frees while no JavaScript runs aborts
// the process (its destructor asks for the current environment, and there is none), so no connection and no statement may ever be garbage.
import type Database from 'better-sqlite3';

const kept: object[] = [];

/** The same object, never collected. For connections and statements only: one a connection and a text of SQL, so their number is bounded. */
export function keep<T extends object>(object: T): T {
  kept.push(object);
  return object;
}

/** The first column of a pragma's answer; undefined where it has none. `db.pragma` would make a statement that is garbage at once. */
export function pragma(db: Database.Database, text: string): unknown {
  const statement = keep(db.prepare(`PRAGMA ${text}`));
  if (statement.reader) return statement.pluck().get();
  statement.run();
  return undefined;
}
