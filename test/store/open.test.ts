import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it, onTestFinished } from 'vitest';
import { InputError, OperationError } from '../../src/core/fault.ts';
import { openStore, type Store } from '../../src/store/open.ts';
import { SCHEMA_1 } from '../../src/store/schema/schema-1.ts';
import { tempStore } from './temp-store.ts';

const synchronous = (store: Store): unknown => store.statement('PRAGMA synchronous').get();
const FULL = { synchronous: 2 };

function faultOf(open: () => unknown): OperationError {
  try {
    open();
  } catch (error) {
    if (error instanceof OperationError && !(error instanceof InputError)) return error;
    throw error;
  }
  throw new Error('it was opened');
}

describe('opening a store', () => {
  it('gives every writing connection synchronous=FULL: new, reopened, second, and after tables and rows were made', () => {
    const temp = tempStore();
    const first = temp.open();
    expect(synchronous(first)).toEqual(FULL);
    first.exec('CREATE TABLE more (x)');
    first.statement('INSERT INTO more VALUES (1)').run();
    first.statement('BEGIN IMMEDIATE').run();
    first.statement('INSERT INTO more VALUES (2)').run();
    first.statement('COMMIT').run();
    expect(synchronous(first)).toEqual(FULL);
    expect(synchronous(temp.open('write'))).toEqual(FULL);
    first.close();
    const again = temp.open();
    expect(synchronous(again)).toEqual(FULL);
    expect(synchronous(temp.open('create'))).toEqual(FULL);
    expect(again.statement('PRAGMA journal_mode').get()).toEqual({ journal_mode: 'wal' });
  });

  it('needs that pragma: the same file opened bare is not FULL', () => {
    const temp = tempStore();
    temp.open();
    expect(temp.bare().pragma('synchronous', { simple: true })).toBe(1);
  });

  it('makes a file that only its owner may read, its journal too', () => {
    const temp = tempStore();
    temp.open();
    for (const name of ['', '-wal', '-shm']) expect(statSync(`${temp.path}${name}`).mode & 0o777).toBe(0o600);
  });

  it('says that the folder is missing, and makes none', () => {
    const temp = tempStore();
    const path = join(temp.dir, 'nowhere', 'governed.db');
    for (const mode of ['create', 'write', 'read'] as const) {
      const fault = faultOf(() => openStore(path, { mode, busyMs: 0 }));
      expect(fault).toMatchObject({ code: 'store_missing', hint: expect.stringContaining('init') as string });
      expect(fault.message).toContain(path);
    }
    expect(existsSync(join(temp.dir, 'nowhere'))).toBe(false);
  });

  it('makes no file where it was only to read or write one', () => {
    const temp = tempStore();
    for (const mode of ['write', 'read'] as const) {
      expect(faultOf(() => temp.open(mode)).code).toBe('store_missing');
    }
    expect(existsSync(temp.path)).toBe(false);
  });

  it.each(['create', 'write', 'read'] as const)('leaves garbage as it is (%s)', (mode) => {
    const temp = tempStore();
    const garbage = Buffer.from('this is no database at all, '.repeat(400));
    writeFileSync(temp.path, garbage);
    chmodSync(temp.path, 0o644);
    expect(faultOf(() => temp.open(mode))).toMatchObject({ code: 'store_corrupt' });
    expect(readFileSync(temp.path).equals(garbage)).toBe(true);
    expect(statSync(temp.path).mode & 0o777).toBe(0o644);
  });

  it.each([0, 1, 7])('leaves the database of another program as it is (its schema %d)', (version) => {
    const temp = tempStore();
    const other = new Database(temp.path);
    other.exec(`CREATE TABLE theirs (x); INSERT INTO theirs VALUES (1); PRAGMA user_version = ${version}`);
    other.close();
    chmodSync(temp.path, 0o644);
    const before = readFileSync(temp.path);
    for (const mode of ['create', 'write', 'read'] as const) {
      expect(faultOf(() => temp.open(mode))).toMatchObject({ code: 'not_a_store' });
    }
    expect(readFileSync(temp.path).equals(before)).toBe(true);
    expect(statSync(temp.path).mode & 0o777).toBe(0o644);
    expect(existsSync(`${temp.path}-wal`)).toBe(false);
  });

  it('refuses a store of a newer version, and says which', () => {
    const temp = tempStore();
    temp.open().close();
    const bare = temp.bare();
    bare.pragma('user_version = 99');
    for (const mode of ['create', 'write', 'read'] as const) {
      const fault = faultOf(() => temp.open(mode));
      expect(fault.code).toBe('newer_schema');
      expect(fault.message).toMatch(/99.*knows \d+$/);
    }
    expect(bare.pragma('user_version', { simple: true })).toBe(99);
  });

  it('migrates an empty file only where it may, and says who would', () => {
    const temp = tempStore();
    writeFileSync(temp.path, '');
    expect(faultOf(() => temp.open('write'))).toMatchObject({ code: 'older_schema' });
    expect(faultOf(() => temp.open('read'))).toMatchObject({ code: 'older_schema' });
    expect(readFileSync(temp.path)).toHaveLength(0);
    expect(temp.open('create').statement('SELECT count(*) AS n FROM events').get()).toEqual({ n: 0 });
    expect(temp.open('write').statement('SELECT count(*) AS n FROM events').get()).toEqual({ n: 0 });
  });

  it('leaves nothing half made when a step of the migration fails', () => {
    const temp = tempStore();
    const bare = temp.bare();
    // The last table is there already, so that the step fails at its end.
    bare.exec(`PRAGMA application_id = ${0x47764167}; CREATE TABLE sessions (x)`);
    expect(() => temp.open()).toThrow(/sessions/);
    const names = bare.prepare('SELECT name FROM sqlite_schema').pluck().all();
    expect(names).toEqual(['sessions']);
    expect(bare.pragma('user_version', { simple: true })).toBe(0);
    expect(SCHEMA_1).toContain('CREATE TABLE sessions');
  });

  it('says so when the file may not be written, and reads it all the same', () => {
    const temp = tempStore();
    temp.open().close();
    mkdirSync(join(temp.dir, 'other'));
    chmodSync(temp.path, 0o444);
    chmodSync(temp.dir, 0o555);
    const restore = asNobody();
    try {
      expect(['store_readonly', 'store_missing']).toContain(faultOf(() => temp.open('write')).code);
      expect(existsSync(`${temp.path}-wal`)).toBe(false);
    } finally {
      restore();
      chmodSync(temp.dir, 0o755);
    }
  });

  it('says store_busy while another process holds the file, after the time that it was given', () => {
    const temp = tempStore();
    const store = temp.open('create', 30);
    const bare = temp.bare();
    bare.exec('BEGIN EXCLUSIVE');
    expect(() => store.statement('BEGIN IMMEDIATE').run()).toThrow(/locked/);
    bare.exec('ROLLBACK');
    store.statement('BEGIN IMMEDIATE').run();
    store.statement('ROLLBACK').run();
  });

  it('sees the commits of others in its data version, and not its own', () => {
    const temp = tempStore();
    const store = temp.open();
    const other = temp.open('write');
    const before = store.dataVersion();
    store.exec("INSERT INTO meta VALUES ('a', '1')");
    expect(store.dataVersion()).toBe(before);
    other.exec("INSERT INTO meta VALUES ('b', '1')");
    const after = store.dataVersion();
    expect(after).not.toBe(before);
    other.exec('BEGIN IMMEDIATE');
    other.exec("INSERT INTO meta VALUES ('c', '1')");
    expect(store.dataVersion()).toBe(after);
    other.exec('ROLLBACK');
    expect(store.dataVersion()).toBe(after);
  });

  it('writes nothing through a connection that reads', () => {
    const temp = tempStore();
    temp.open();
    expect(() => temp.open('read').exec("INSERT INTO meta VALUES ('a', '1')")).toThrow(/readonly/);
  });

  it('makes a consistent copy of itself while it is in use', () => {
    const temp = tempStore();
    const store = temp.open();
    store.exec("INSERT INTO meta VALUES ('a', '1')");
    const copy = join(temp.dir, 'copy.db');
    store.backup(copy);
    const opened = openStore(copy, { mode: 'read', busyMs: 0 });
    onTestFinished(() => opened.close());
    expect(opened.statement('SELECT value FROM meta').get()).toEqual({ value: '1' });
  });
});

/** Root may write everything: where we are root, the effective user becomes nobody until it is restored. */
function asNobody(): () => void {
  if (process.geteuid?.() !== 0) return () => undefined;
  process.seteuid?.(65_534);
  return () => process.seteuid?.(0);
}
