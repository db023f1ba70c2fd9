import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildCommitter, requireStrace, runCommitter, taskOf } from './committer-process.ts';
import { createFixture, type Fixture } from './fixture.ts';
import { readSyncTrace, type SyncTrace } from './sync-trace.ts';

const COMMITS = 25;
const CALLS = 'write,pwrite64,writev,pwritev,pwritev2,fsync,fdatasync';

describe('an answer, traced by the kernel', () => {
  let f: Fixture;
  let program: string;
  beforeAll(async () => {
    requireStrace();
    f = createFixture();
    program = await buildCommitter(f.dir);
  });
  afterAll(() => f?.close());

  async function trace(synchronous: 'FULL' | 'NORMAL', concurrent = 1): Promise<SyncTrace> {
    const file = join(f.dir, `${synchronous}-${concurrent}.trace`);
    const wrapper = ['strace', '-f', '-y', '-s', '24', '-e', `trace=${CALLS}`, '-o', file];
    const task = taskOf({ path: f.store.path, commits: COMMITS, concurrent, synchronous });
    const ended = await runCommitter(program, task, wrapper);
    expect(ended.stderr).toBe('');
    expect(ended.stdout.trim().split('\n')).toHaveLength(COMMITS);
    return readSyncTrace(readFileSync(file, 'utf8'));
  }

  it('is given only after the log that holds it was synced to disk', async () => {
    const seen = await trace('FULL');
    expect(seen.early).toEqual([]);
    expect(seen).toMatchObject({ acknowledged: COMMITS, withWrites: COMMITS });
    expect(seen.syncs).toBeGreaterThanOrEqual(COMMITS);
  });

  it('is given after one sync for all that were committed together', async () => {
    const seen = await trace('FULL', 5);
    expect(seen.early).toEqual([]);
    expect(seen.acknowledged).toBe(COMMITS);
    expect(seen.withWrites).toBeLessThan(COMMITS);
  });

  it('is caught coming before the sync, every time, on a connection at synchronous=NORMAL', async () => {
    const seen = await trace('NORMAL');
    expect(seen).toMatchObject({ acknowledged: COMMITS, withWrites: COMMITS });
    expect(seen.early).toHaveLength(COMMITS);
  });
});

describe('the reader of the trace', () => {
  const WAL = '19</state/governed.db-wal>';

  it('puts together calls that another thread interrupted', () => {
    const lines = [
      `7 pwrite64(${WAL}, "x", 1, 0) = 1`,
      `7 fdatasync(${WAL} <unfinished ...>`,
      '8 write(5<pipe:[1]>, "y", 1) = 1',
      '7 <... fdatasync resumed>) = 0',
      '7 write(1<pipe:[2]>, "ack 0 1\\n", 8) = 8',
    ];
    expect(readSyncTrace(lines.join('\n'))).toEqual({ acknowledged: 1, withWrites: 1, syncs: 1, early: [] });
  });

  it.each([
    ['has not ended yet', `7 fdatasync(${WAL} <unfinished ...>`],
    ['failed', `7 fdatasync(${WAL}) = -1 EIO (Input/output error)`],
    ['was of another file', '7 fdatasync(20</state/governed.db>) = 0'],
    ['came before the last write', `7 fdatasync(${WAL}) = 0\n7 pwrite64(${WAL}, "x", 1, 0) = 1`],
  ])('counts an answer as early when the sync %s', (_, sync) => {
    const lines = [`7 pwrite64(${WAL}, "x", 1, 0) = 1`, sync, '7 write(1<pipe:[2]>, "ack 0 1\\n", 8) = 8'];
    expect(readSyncTrace(lines.join('\n')).early).toEqual(['ack 0']);
  });
});
