import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { buildSync } from 'esbuild';
import { describe, expect, it } from 'vitest';
import {
  endTree,
  freezeTree,
  freezeTrees,
  identify,
  killTree,
  listTree,
  resumeTree,
} from '../../src/process/entry.ts';
import {
  compileFixture,
  newMarker,
  scratch,
  sizeOf,
  startFixture,
  startTree,
  until,
  untilGrows,
  witnessed,
} from './tree-fixture.ts';

const FAMILY = ['root', 'child', 'session', 'daemon'];
const sizes = (): number[] => FAMILY.map((name) => sizeOf(scratch(name)));
const isStopped = ({ stopped }: { stopped: boolean }): boolean => stopped;

describe('a frozen tree', () => {
  it('stands still in every process, children, sessions and daemons too, and runs on when resumed', async () => {
    const { handle } = await startFixture('family.sh', scratch());
    for (const name of FAMILY) await untilGrows(scratch(name));

    const frozen = freezeTree(handle);
    const before = sizes();
    expect(frozen).toMatchObject({ result: 'frozen', denied: [] });
    expect(frozen.members).toHaveLength(4);
    expect(frozen.members.every(isStopped)).toBe(true);
    expect(listTree(handle).every(isStopped)).toBe(true);
    await delay(200);
    expect(sizes()).toEqual(before);

    expect(resumeTree(handle)).toMatchObject({ result: 'resumed', denied: [] });
    for (const name of FAMILY) await untilGrows(scratch(name));
    expect(listTree(handle).some(isStopped)).toBe(false);
  });

  it('stays frozen when it is frozen again', async () => {
    const { handle } = await startFixture('family.sh', scratch());
    for (const name of FAMILY) await untilGrows(scratch(name));
    expect(freezeTree(handle).result).toBe('frozen');
    expect(freezeTree(handle)).toMatchObject({ result: 'frozen', rounds: 2 });
  });

  it('includes all who were born while it froze', async () => {
    const { handle } = await startFixture('breed.sh');
    for (let round = 0; round < 20; round += 1) {
      await delay(20);
      const { result } = freezeTree(handle, { limitMs: 5_000 });
      expect(result).toBe('frozen');
      const members = witnessed(handle.marker).sort();
      expect(
        listTree(handle)
          .map(({ pid }) => pid)
          .sort(),
      ).toEqual(members);
      await delay(10);
      expect(witnessed(handle.marker).sort()).toEqual(members);
      resumeTree(handle);
    }
  });

  it('is found by its marker when the root is long gone', async () => {
    const { handle, ended } = await startFixture('leave-daemon.sh', scratch('daemon'));
    expect(await ended).toEqual({ exitCode: 0, signal: null });
    await untilGrows(scratch('daemon'));
    const frozen = freezeTree(handle);
    expect(frozen.result).toBe('frozen');
    expect(frozen.members.map(({ pid }) => pid)).toEqual(witnessed(handle.marker));
    const before = sizeOf(scratch('daemon'));
    await delay(100);
    expect(sizeOf(scratch('daemon'))).toBe(before);
  });

  it('includes a child that has neither its environment nor its session', async () => {
    const { handle } = await startFixture('forget-marker.sh', scratch('count'));
    await untilGrows(scratch('count'));
    expect(freezeTree(handle).result).toBe('frozen');
    const before = sizeOf(scratch('count'));
    await delay(100);
    expect(sizeOf(scratch('count'))).toBe(before);
  });

  it('includes a process whose first thread has ended', async () => {
    const { handle } = await startTree([compileFixture('first-thread-gone.c'), scratch('count')]);
    await untilGrows(scratch('count'));
    await until(() => listTree(handle).length === 1, 'the tree is seen');
    expect(freezeTree(handle)).toMatchObject({ result: 'frozen', members: [{ stopped: true }] });
    const before = sizeOf(scratch('count'));
    await delay(100);
    expect(sizeOf(scratch('count'))).toBe(before);
    resumeTree(handle);
    await untilGrows(scratch('count'));
  });

  it('includes a process that cannot stop because its child, which is stopped, holds it', async () => {
    const { handle } = await startTree([compileFixture('held-by-child.c'), scratch('held')]);
    await until(() => existsSync(scratch('held')), 'the parent is held');
    expect(freezeTree(handle)).toMatchObject({ result: 'frozen', members: [{}, {}] });
    expect(resumeTree(handle).result).toBe('resumed');
  });

  it('is gone when it has ended, and when its root is a stranger with the same pid', async () => {
    const { handle, ended } = await startTree(['true']);
    await ended;
    expect(freezeTree(handle)).toMatchObject({ result: 'gone', members: [] });
    expect(resumeTree(handle)).toMatchObject({ result: 'gone' });

    const stranger = await startFixture('count.sh', scratch('count'));
    const { root } = stranger.handle;
    const mistaken = { root: { ...root, startTicks: root.startTicks - 1 }, marker: newMarker() };
    expect(freezeTree(mistaken)).toMatchObject({ result: 'gone', members: [] });
    await untilGrows(scratch('count'));
  });

  it('is frozen together with others, each judged by itself', async () => {
    const first = await startFixture('count.sh', scratch('first'));
    const over = await startTree(['true']);
    const second = await startFixture('count.sh', scratch('second'));
    const spared = await startFixture('count.sh', scratch('spared'));
    await over.ended;
    for (const name of ['first', 'second', 'spared']) await untilGrows(scratch(name));
    const results = freezeTrees([first.handle, over.handle, second.handle]);
    expect(results.map(({ result }) => result)).toEqual(['frozen', 'gone', 'frozen']);
    const before = sizeOf(scratch('first')) + sizeOf(scratch('second'));
    await untilGrows(scratch('spared'));
    expect(sizeOf(scratch('first')) + sizeOf(scratch('second'))).toBe(before);
    resumeTree(spared.handle);
  });

  it('is never the one that this process is in, however that is asked for', async () => {
    const parents = [process.pid, process.ppid, 1];
    for (const pid of parents) {
      const root = identify(pid);
      if (root === undefined) throw new Error(`Process ${pid} was not found.`);
      const handle = { root, marker: newMarker() };
      expect(freezeTree(handle)).toMatchObject({ result: 'own_tree', members: [] });
      expect(resumeTree(handle)).toMatchObject({ result: 'own_tree', members: [] });
      expect(await killTree(handle)).toMatchObject({ result: 'own_tree', killedCount: 0 });
      expect(await endTree(handle, { graceMs: 0 })).toMatchObject({ result: 'own_tree', killedCount: 0 });
      expect(() => listTree(handle)).toThrow(/cannot be stopped from here/);
    }
    const other = await startFixture('count.sh', scratch('count'));
    const own = identify(process.ppid);
    if (own === undefined) throw new Error('The parent was not found.');
    const results = freezeTrees([{ root: own, marker: newMarker() }, other.handle]);
    expect(results.map(({ result }) => result)).toEqual(['own_tree', 'frozen']);
  });

  it.skipIf(process.getuid?.() !== 0)(
    'says so, and does not wait, when it belongs to another user',
    async () => {
      const { handle } = await startFixture('count.sh', scratch('count'));
      const module = scratch('freeze.mjs');
      buildSync({
        entryPoints: [new URL('../../src/process/freeze-tree.ts', import.meta.url).pathname],
        outfile: module,
        bundle: true,
        platform: 'node',
        format: 'esm',
      });
      const program = `process.setuid(65534);
      const { freezeTree } = await import(${JSON.stringify(module)});
      console.log(JSON.stringify(freezeTree(${JSON.stringify(handle)}, { limitMs: 20_000 })));`;
      chmodSync(scratch(), 0o755);
      const args = ['--input-type=module', '-e', program];
      const result: unknown = JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' }));
      expect(result).toMatchObject({
        result: 'incomplete',
        denied: [{ pid: handle.root.pid, stopped: false }],
      });
      await untilGrows(scratch('count'));
    },
  );
});
