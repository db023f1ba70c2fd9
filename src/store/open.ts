// Opens the store, the one owner of SQLite. A connection that can't promise that a commit is on disk before it returns
// (WAL with synchronous=FULL, read back and compared) is not handed out.
import { chmodSync, existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { OperationError } from '../core/fault.ts';
import { isBusy, storeFault } from './fault.ts';
import { keep, pragma } from './kept.ts';
import { identify, migrate } from './schema/migrate.ts';

export type Param = string | number | bigint | null | Buffer;

export interface Statement {
  run(...params: readonly Param[]): { readonly changes: number };
  get(...params: readonly Param[]): unknown;
  all(...params: readonly Param[]): unknown[];
}

export interface Store {
  readonly path: string;
  /** Prepared once a connection and kept. */
  statement(sql: string): Statement;
  exec(sql: string): void;
  /** Changes when another connection has committed. */
  dataVersion(): number;
  readonly inTransaction: boolean;
  /** False once the file was removed or replaced: what is written then is gone with the last process that has it open. */
  isInPlace(): boolean;
  /** A consistent copy into a new file while the store is in use. */
  backup(file: string): void;
  close(): void;
}

export interface OpenOptions {
  /** `create` also makes a missing file and migrates an older one; `write` and `read` take what is there. */
  readonly mode: 'create' | 'write' | 'read';
  /** How long one statement blocks for another writer, in milliseconds. */
  readonly busyMs: number;
}

const FULL = 2;

/** How long the making of a store waits for another process that is making it too; SQLite itself does not wait there. */
const CREATE_PATIENCE_MS = 2_000;
const CREATE_PAUSE_MS = 10;

export function openStore(path: string, options: OpenOptions): Store {
  const untilMs = performance.now() + (options.mode === 'create' ? CREATE_PATIENCE_MS : 0);
  for (;;) {
    try {
      return openOnce(path, options);
    } catch (error) {
      if (!isBusy(error) || performance.now() >= untilMs) throw storeFault(error, 'open the store', path);
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, CREATE_PAUSE_MS);
    }
  }
}

function openOnce(path: string, options: OpenOptions): Store {
  let db: Database.Database | null = null;
  const missing = options.mode === 'create' ? storeMissing(path) : null;
  if (missing !== null) throw missing;
  try {
    db = keep(
      new Database(path, {
        readonly: options.mode === 'read',
        fileMustExist: options.mode !== 'create',
        timeout: options.busyMs,
      }),
    );
    // Looked at before anything is changed: not even the mode of another program's file is touched.
    identify(db, options.mode === 'create', path);
    if (options.mode === 'create') chmodSync(path, 0o600);
    configure(db, options);
    if (options.mode === 'create') migrate(db);
    assertDurable(db, options);
    return wrap(db, path);
  } catch (error) {
    db?.close();
    throw error;
  }
}

/** Where a mirror has lines there was a store: an empty one in its place would have forgotten every cent and every decision. */
export function storeMissing(path: string): OperationError | null {
  const mirror = statSync(join(dirname(path), 'audit.jsonl'), { throwIfNoEntry: false });
  if (existsSync(path) || mirror === undefined || mirror.size === 0) return null;
  return new OperationError({
    op: 'open the store',
    code: 'store_missing',
    message: `the store ${path} is gone, and the record beside it (audit.jsonl) says that there was one`,
    hint: 'put a `governed-agents backup` back in its place; to begin anew, move the whole state folder away',
  });
}

function configure(db: Database.Database, options: OpenOptions): void {
  if (options.mode !== 'read') {
    pragma(db, 'journal_mode = WAL');
    pragma(db, 'synchronous = FULL');
    // On macOS a plain fsync stops at the drive's cache; elsewhere this changes nothing.
    pragma(db, 'fullfsync = ON');
    // Undo pages of a savepoint stay in memory instead of a temporary file.
    pragma(db, 'temp_store = MEMORY');
  }
  pragma(db, 'foreign_keys = ON');
  // Without it, REPLACE deletes a row behind the back of the triggers that refuse deletion.
  pragma(db, 'recursive_triggers = ON');
  pragma(db, 'trusted_schema = OFF');
}

function assertDurable(db: Database.Database, options: OpenOptions): void {
  if (options.mode === 'read') return;
  const journal = pragma(db, 'journal_mode');
  const synchronous = pragma(db, 'synchronous');
  if (journal === 'wal' && synchronous === FULL) return;
  throw new OperationError({
    op: 'open the store',
    code: 'store_not_durable',
    message: `the store would not be durable: journal_mode=${journal}, synchronous=${synchronous}`,
    hint: 'keep the state folder on a local file system that supports WAL (not a network share)',
  });
}

/** A statement whose faults say what is wrong with the store. Busy stays as SQLite says it: that is for the caller to wait out. */
function telling(db: Database.Database, sql: string, path: string): Statement {
  const faultOf = (error: unknown): unknown =>
    isBusy(error) ? error : storeFault(error, 'use the store', path);
  let raw: Database.Statement<Param[]>;
  try {
    raw = keep(db.prepare<Param[]>(sql));
  } catch (error) {
    throw faultOf(error);
  }
  return {
    run(...params) {
      try {
        return raw.run(...params);
      } catch (error) {
        throw faultOf(error);
      }
    },
    get(...params) {
      try {
        return raw.get(...params);
      } catch (error) {
        throw faultOf(error);
      }
    },
    all(...params) {
      try {
        return raw.all(...params);
      } catch (error) {
        throw faultOf(error);
      }
    },
  };
}

export function wrap(db: Database.Database, path: string): Store {
  const prepared = new Map<string, Statement>();
  const dataVersion = keep(db.prepare('PRAGMA data_version').pluck());
  const opened = statSync(path, { throwIfNoEntry: false });
  return {
    path,
    isInPlace() {
      const there = statSync(path, { throwIfNoEntry: false });
      return there !== undefined && there.ino === opened?.ino && there.dev === opened.dev;
    },
    statement(sql) {
      let statement = prepared.get(sql);
      if (statement === undefined) {
        statement = telling(db, sql, path);
        prepared.set(sql, statement);
      }
      return statement;
    },
    exec(sql) {
      db.exec(sql);
    },
    dataVersion() {
      return dataVersion.get() as number;
    },
    get inTransaction() {
      return db.inTransaction;
    },
    backup(file) {
      keep(db.prepare('VACUUM INTO ?')).run(file);
    },
    close() {
      prepared.clear();
      db.close();
    },
  };
}
