import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { buildSync } from 'esbuild';
import { describe, expect, it } from 'vitest';
import type { OperationError } from '../../src/core/fault.ts';
import { identify, readBeat, startBeat } from '../../src/process/entry.ts';
import { fixturePath, scratch, startTree, until } from './tree-fixture.ts';

const STALE_AFTER_MS = 1_000;
const read = (path: string, nowMs = Date.now()) => readBeat(path, nowMs, STALE_AFTER_MS);
const never = (fault: OperationError): never => {
  throw fault;
};

/** Another process that owns the heartbeat, once it beats. */
async function startOwner(path: string) {
  const module = scratch('beat.mjs');
  buildSync({
    entryPoints: [new URL('../../src/process/beat.ts', import.meta.url).pathname],
    outfile: module,
    bundle: true,
    platform: 'node',
    format: 'esm',
  });
  const owner = await startTree([process.execPath, fixturePath('beat-owner.mjs'), module, path]);
  await once(owner.stdout, 'data');
  return owner;
}

describe('a heartbeat', () => {
  it('names its owner from the first moment, is touched and not rewritten, and goes when it is stopped', async () => {
    const path = scratch('beat');
    const beat = startBeat(path, { everyMs: 10, onFault: never });
    expect(read(path)).toMatchObject({ state: 'alive', id: identify(process.pid) });
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual(identify(process.pid));
    const first = statSync(path, { bigint: true });
    await until(() => statSync(path, { bigint: true }).mtimeNs > first.mtimeNs, 'it beats');
    expect(statSync(path, { bigint: true }).ino).toBe(first.ino);
    expect(readdirSync(scratch())).toEqual(['beat']);
    beat.stop();
    expect(read(path)).toEqual({ state: 'none' });
  });

  it('is stale by its age, and not at all when it is from the future', () => {
    const path = scratch('beat');
    const beat = startBeat(path, { everyMs: 60_000, onFault: never });
    const { mtimeMs } = statSync(path);
    expect(read(path, mtimeMs + STALE_AFTER_MS - 1)).toMatchObject({
      state: 'alive',
      ageMs: STALE_AFTER_MS - 1,
    });
    expect(read(path, mtimeMs + STALE_AFTER_MS)).toMatchObject({ state: 'stale', ageMs: STALE_AFTER_MS });
    expect(read(path, mtimeMs - 3_600_000)).toMatchObject({ state: 'alive', ageMs: 0 });
    beat.stop();
  });

  it('becomes stale when its owner is stopped, alive again when it goes on, and dead when it is killed', async () => {
    const path = scratch('beat');
    const { handle } = await startOwner(path);
    expect(read(path)).toMatchObject({ state: 'alive', id: handle.root });
    process.kill(handle.root.pid, 'SIGSTOP');
    await until(() => read(path).state === 'stale', 'it is stale');
    process.kill(handle.root.pid, 'SIGCONT');
    await until(() => read(path).state === 'alive', 'it is alive again');
    process.kill(handle.root.pid, 'SIGKILL');
    await until(() => read(path).state === 'dead', 'it is dead');
    utimesSync(path, new Date(), new Date(Date.now() + 3_600_000));
    expect(read(path)).toEqual({ state: 'dead', id: handle.root });
  });

  it('is dead when another process has the pid of its owner', () => {
    const path = scratch('beat');
    const id = identify(process.pid);
    if (id === undefined) throw new Error('This process was not found.');
    for (const other of [
      { ...id, startTicks: id.startTicks - 1 },
      { ...id, bootId: 'another boot' },
    ]) {
      writeFileSync(path, JSON.stringify(other));
      expect(read(path)).toEqual({ state: 'dead', id: other });
    }
  });

  it.each([
    '',
    '{',
    'null',
    '[]',
    '{"pid":1}',
    '{"pid":-1,"startTicks":1,"bootId":"x"}',
    '{"pid":"1","startTicks":1,"bootId":"x"}',
  ])('that says %j is never taken for alive', (text) => {
    writeFileSync(scratch('beat'), text);
    expect(read(scratch('beat'))).toMatchObject({ state: 'unreadable' });
  });

  it('that is a folder is never taken for alive', () => {
    expect(read(scratch())).toMatchObject({ state: 'unreadable' });
  });

  it('is written anew, and said to be, when somebody removes it', async () => {
    const path = scratch('beat');
    const faults: OperationError[] = [];
    const beat = startBeat(path, { everyMs: 10, onFault: (fault) => faults.push(fault) });
    rmSync(path);
    await until(() => read(path).state === 'alive', 'it is back');
    expect(faults).toMatchObject([{ code: 'beat_lost' }]);
    beat.stop();
    expect(read(path)).toEqual({ state: 'none' });
  });

  it('leaves the file of another owner alone, and says so at every beat', async () => {
    const path = scratch('beat');
    const faults: OperationError[] = [];
    const beat = startBeat(path, { everyMs: 10, onFault: (fault) => faults.push(fault) });
    rmSync(path);
    writeFileSync(path, 'of another');
    await until(() => faults.length > 2, 'it is said');
    expect(faults.at(-1)?.message).toContain('was replaced by another process');
    beat.stop();
    expect(readFileSync(path, 'utf8')).toBe('of another');
  });

  it('says at every beat that it cannot be given, and is back when it can', async () => {
    const path = scratch('state/beat');
    mkdirSync(scratch('state'));
    const faults: OperationError[] = [];
    const beat = startBeat(path, { everyMs: 10, onFault: (fault) => faults.push(fault) });
    rmSync(scratch('state'), { recursive: true });
    await until(() => faults.length > 2, 'it is said');
    expect(faults[0]).toMatchObject({ code: 'beat_failed', hint: expect.stringContaining('folder exists') });
    mkdirSync(scratch('state'));
    await until(() => read(path).state === 'alive', 'it is back');
    beat.stop();
  });

  it('that cannot be written at all is a fault at the start, and leaves nothing', () => {
    expect(() => startBeat(scratch('nowhere/beat'), { everyMs: 10, onFault: never })).toThrow(
      /^Cannot start the heartbeat at .*nowhere\/beat: ENOENT/,
    );
    mkdirSync(scratch('beat'));
    expect(() => startBeat(scratch('beat'), { everyMs: 10, onFault: never })).toThrow(
      /Cannot start the heartbeat/,
    );
    expect(readdirSync(scratch())).toEqual(['beat']);
  });

  it('does not keep its owner alive', async () => {
    const module = scratch('beat.mjs');
    await startOwner(scratch('other'));
    const program = `const { startBeat } = await import(${JSON.stringify(module)}); startBeat(${JSON.stringify(scratch('beat'))}, { everyMs: 10, onFault() {} });`;
    const { ended, handle } = await startTree([process.execPath, '--input-type=module', '-e', program]);
    expect(await ended).toEqual({ exitCode: 0, signal: null });
    expect(read(scratch('beat'))).toEqual({ state: 'dead', id: handle.root });
  });
});
