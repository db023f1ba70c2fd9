// Node 24.19 and later abort when the collector frees one of SQLite's objects, so what the store makes must outlive every collection.
import { setTimeout } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type Database from 'better-sqlite3';
import { expect, it, vi } from 'vitest';
import { tempStore } from './temp-store.ts';

const made = vi.hoisted(() => ({ refs: [] as WeakRef<object>[] }));

vi.mock('better-sqlite3', async (importReal) => {
  const { default: Real } = await importReal<{ default: typeof Database }>();
  class Watched extends Real {
    constructor(...args: ConstructorParameters<typeof Real>) {
      super(...args);
      made.refs.push(new WeakRef(this));
    }
    override prepare = ((sql: string) => {
      const statement = super.prepare(sql);
      made.refs.push(new WeakRef(statement));
      return statement;
    }) as typeof Real.prototype.prepare;
  }
  return { default: Watched };
});

it('leaves nothing of SQLite to the garbage collector', async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const temp = tempStore();
  temp.open('create').close();
  expect(() => temp.open('write').statement('SELECT 1 FROM nowhere')).toThrow(/nowhere/);
  for (const mode of ['write', 'read'] as const) {
    const store = temp.open(mode);
    store.statement('SELECT 1').get();
    store.dataVersion();
    if (mode === 'write') store.backup(`${temp.path}.copy`);
    store.close();
  }
  await setTimeout(1);
  collect();
  expect(made.refs.length).toBeGreaterThan(20);
  expect(made.refs.filter((ref) => ref.deref() === undefined)).toHaveLength(0);
});
