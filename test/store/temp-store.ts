// A throwaway folder for a store, and bare connections beside it to look at the file or to hold it.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { onTestFinished } from 'vitest';
import { type OpenOptions, openStore, type Store } from '../../src/store/open.ts';

export interface TempStore {
  readonly dir: string;
  readonly path: string;
  open(mode?: OpenOptions['mode'], busyMs?: number): Store;
  /** A connection that knows nothing of our schema and rules. */
  bare(): Database.Database;
}

export function tempStore(): TempStore {
  const dir = mkdtempSync(join(tmpdir(), 'governed-store-'));
  const path = join(dir, 'governed.db');
  const opened: { close(): void }[] = [];
  onTestFinished(() => {
    for (const each of opened) each.close();
    rmSync(dir, { recursive: true, force: true });
  });
  const kept = <T extends { close(): void }>(each: T): T => {
    opened.push(each);
    return each;
  };
  return {
    dir,
    path,
    open: (mode = 'create', busyMs = 200) => kept(openStore(path, { mode, busyMs })),
    bare: () => kept(new Database(path, { timeout: 0 })),
  };
}
