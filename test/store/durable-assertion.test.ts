import type Database from 'better-sqlite3';
import { expect, it, vi } from 'vitest';
import { tempStore } from './temp-store.ts';

const ignored = vi.hoisted(() => ({ pragma: '' }));

// The real SQLite, deaf to one pragma: what a build, a wrapper or a file system that doesn't honour it would be like.
vi.mock('better-sqlite3', async (importReal) => {
  const { default: Real } = await importReal<{ default: typeof Database }>();
  class Deaf extends Real {
    override prepare = ((sql: string) =>
      super.prepare(sql === `PRAGMA ${ignored.pragma}` ? 'SELECT 1' : sql)) as typeof Real.prototype.prepare;
  }
  return { default: Deaf };
});

it('hands out no connection that would acknowledge what is not on disk', () => {
  ignored.pragma = 'synchronous = FULL';
  const temp = tempStore();
  // A new file says FULL by itself until its first table: the assertion has to look after that.
  expect(() => temp.open()).toThrow(expect.objectContaining({ code: 'store_not_durable' }) as Error);
  expect(() => temp.open('write')).toThrow(/synchronous=1/);
});

it('hands out no connection without a write-ahead log', () => {
  ignored.pragma = 'journal_mode = WAL';
  expect(() => tempStore().open()).toThrow(/journal_mode=delete/);
});

it('hands out the same connection when every pragma is honoured', () => {
  ignored.pragma = '';
  expect(tempStore().open().statement('PRAGMA synchronous').get()).toEqual({ synchronous: 2 });
});
