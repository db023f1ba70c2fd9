import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { pauseAgent } from '../../src/governor/stop/pause-agent.ts';
import type { Transaction } from '../../src/governor/transaction.ts';
import { openStore } from '../../src/store/open.ts';
import { createFixture, type Fixture } from './fixture.ts';

let f: Fixture;
beforeEach(() => {
  f = createFixture();
});
afterEach(() => f.close());

const pause = (tx: Transaction): boolean =>
  pauseAgent(tx, { agentId: 'noop', reason: 'x', source: 'operator', actor: { kind: 'operator', id: null } });

it('acknowledges nothing once the file of the store was removed under it', async () => {
  await f.governor.commit(pause);
  rmSync(join(f.dir, 'governed.db'));
  await expect(f.governor.commit(pause)).rejects.toMatchObject({ code: 'store_gone' });
});

it('acknowledges nothing once another file stands in its place', async () => {
  rmSync(join(f.dir, 'governed.db'));
  writeFileSync(join(f.dir, 'governed.db'), '');
  await expect(f.governor.commit(pause)).rejects.toMatchObject({ code: 'store_gone' });
});

it('makes no empty store beside a record', () => {
  rmSync(join(f.dir, 'governed.db'));
  writeFileSync(join(f.dir, 'audit.jsonl'), '{}\n');
  const open = (): unknown => openStore(join(f.dir, 'governed.db'), { mode: 'create', busyMs: 100 });
  expect(open).toThrow(expect.objectContaining({ code: 'store_missing' }));
});
