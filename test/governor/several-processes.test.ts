import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStore } from '../../src/store/open.ts';
import { readBalance } from '../../src/store/read/ledger.ts';
import { counts } from '../counts.ts';
import { buildCommitter, runCommitter, taskOf } from './committer-process.ts';
import { createFixture } from './fixture.ts';
import { eventsOf, verifiedEvents } from './record.ts';

const NAMES = ['server', 'watchdog', 'cli'];
const ROUNDS = counts(3, 200);

describe('several processes that write one store', () => {
  let dir: string;
  let program: string;
  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'governed-committers-'));
    program = await buildCommitter(dir);
  });
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  it('leave one chain that verifies, with every acknowledged commit in it once and nothing else', async () => {
    const f = createFixture();
    const own = Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        f.governor.commit((tx) =>
          tx.emit({ eventType: 'own', actor: { kind: 'server', id: null }, payload: { index } }),
        ),
      ),
    );
    const ended = await Promise.all(
      NAMES.map((name) => {
        const task = taskOf({ path: f.store.path, name, commits: 300, concurrent: 8, throwEvery: 7 });
        return runCommitter(program, task);
      }),
    );
    await own;
    const acknowledged = ended.flatMap(({ stdout, stderr, code }, index) => {
      expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
      return stdout
        .trim()
        .split('\n')
        .map((line) => `${NAMES[index]} ${line.replace('ack ', '')}`);
    });
    const recorded = eventsOf(f.store, 'committed').map(
      ({ seq, payload }) => `${payload['by']} ${payload['index']} ${seq}`,
    );
    expect(recorded.sort()).toEqual(acknowledged.sort());
    expect(recorded).toHaveLength(3 * (300 - Math.ceil(300 / 7)));
    expect(eventsOf(f.store, 'own')).toHaveLength(50);
    // What threw had written before: none of that is left either.
    expect(readBalance(f.store, 'test').posted_usd).toBe(recorded.length);
    f.close();
  });

  it('may all be the first to open it: one makes the schema and the state, the others find it made', async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const path = join(dir, `new-${round}.db`);
      const ended = await Promise.all(
        NAMES.map((name) => runCommitter(program, taskOf({ path, name, mode: 'create', commits: 5 }))),
      );
      for (const { stderr, code } of ended) expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
      const store = openStore(path, { mode: 'read', busyMs: 0 });
      const events = verifiedEvents(store);
      expect(events).toHaveLength(15);
      expect(new Set(events.map(({ host_id }) => host_id)).size).toBe(1);
      store.close();
    }
  });
});
