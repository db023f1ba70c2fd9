import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { endTree, freezeTree, isAlive, killTree, killTrees, listTree } from '../../src/process/entry.ts';
import {
  compileFixture,
  scratch,
  sizeOf,
  startFixture,
  startTree,
  until,
  untilGrows,
  witnessed,
} from './tree-fixture.ts';

describe('a killed tree', () => {
  it('leaves nobody behind: no child, no session of its own, no daemon', async () => {
    const { handle, ended } = await startFixture('family.sh', scratch());
    for (const name of ['root', 'child', 'session', 'daemon']) await untilGrows(scratch(name));
    expect(await killTree(handle)).toMatchObject({
      result: 'killed',
      killedCount: 4,
      survivors: [],
      denied: [],
    });
    expect(witnessed(handle.marker)).toEqual([]);
    expect(isAlive(handle.root)).toBe(false);
    expect(await ended).toEqual({ exitCode: null, signal: 'SIGKILL' });
  });

  it('leaves nobody behind when it was frozen, or ignores every polite signal', async () => {
    const { handle } = await startFixture('stubborn.sh', scratch());
    for (const name of ['root', 'child', 'session']) await untilGrows(scratch(name));
    expect(freezeTree(handle).result).toBe('frozen');
    expect(await killTree(handle)).toMatchObject({ result: 'killed', killedCount: 3, survivors: [] });
    expect(witnessed(handle.marker)).toEqual([]);
  });

  it('leaves nobody behind when it breeds, again and again', async () => {
    for (let round = 0; round < 15; round += 1) {
      const { handle } = await startFixture('breed.sh');
      await delay(40);
      expect(await killTree(handle)).toMatchObject({ result: 'killed', survivors: [] });
      expect(witnessed(handle.marker)).toEqual([]);
    }
  });

  it.each(['hop.sh', 'hop-sessions.sh'])(
    'leaves nobody behind when it hops from process to process: %s',
    async (hop) => {
      for (let round = 0; round < 10; round += 1) {
        const { handle } = await startFixture(hop, scratch('hops'));
        await untilGrows(scratch('hops'));
        const { result, survivors } = await killTree(handle);
        // Stopped in the middle of a hop, it may be hung up by the kernel before it is looked at.
        expect(['killed', 'gone']).toContain(result);
        expect(survivors).toEqual([]);
        const hops = sizeOf(scratch('hops'));
        await delay(50);
        expect(sizeOf(scratch('hops'))).toBe(hops);
        expect(witnessed(handle.marker)).toEqual([]);
      }
    },
  );

  it('leaves nobody behind in a process whose first thread has ended', async () => {
    const { handle } = await startTree([compileFixture('first-thread-gone.c'), scratch('count')]);
    await untilGrows(scratch('count'));
    expect(await killTree(handle)).toMatchObject({ result: 'killed', killedCount: 1, survivors: [] });
    const size = sizeOf(scratch('count'));
    await delay(50);
    expect(sizeOf(scratch('count'))).toBe(size);
  });

  it('is gone when there was nothing to kill', async () => {
    const { handle, ended } = await startTree(['true']);
    await ended;
    expect(await killTree(handle)).toMatchObject({ result: 'gone', killedCount: 0, survivors: [] });
  });

  it('is killed together with others, and only with those', async () => {
    const trees = [];
    for (const name of ['one', 'two', 'spared']) {
      trees.push((await startFixture('count.sh', scratch(name))).handle);
      await untilGrows(scratch(name));
    }
    const spared = trees.splice(2);
    const results = await killTrees(trees);
    expect(results.map(({ result }) => result)).toEqual(['killed', 'killed']);
    expect(trees.flatMap(({ marker }) => witnessed(marker))).toEqual([]);
    expect(spared.every(({ root }) => isAlive(root))).toBe(true);
    await untilGrows(scratch('spared'));
  });
});

describe('a tree that is asked to end', () => {
  it('gets to say its last word', async () => {
    const { handle, ended } = await startFixture('polite.sh', scratch('word'));
    await until(() => existsSync(scratch('word')) && listTree(handle).length === 2, 'it is ready');
    expect(await endTree(handle, { graceMs: 20_000 })).toMatchObject({ result: 'ended', endedCount: 2 });
    expect(await ended).toEqual({ exitCode: 0, signal: null });
    expect(readFileSync(scratch('word'), 'utf8')).toBe('asked\n');
    expect(witnessed(handle.marker)).toEqual([]);
  });

  it('ends even when it was frozen', async () => {
    const { handle } = await startFixture('polite.sh', scratch('word'));
    await until(() => existsSync(scratch('word')) && listTree(handle).length === 2, 'it is ready');
    freezeTree(handle);
    expect(await endTree(handle, { graceMs: 20_000 })).toMatchObject({ result: 'ended' });
    expect(readFileSync(scratch('word'), 'utf8')).toBe('asked\n');
  });

  it('is killed after the grace when it does not listen', async () => {
    const { handle } = await startFixture('stubborn.sh', scratch());
    for (const name of ['root', 'child', 'session']) await untilGrows(scratch(name));
    expect(await endTree(handle, { graceMs: 100 })).toMatchObject({ result: 'killed', killedCount: 3 });
    expect(witnessed(handle.marker)).toEqual([]);
  });

  it('is gone when it had ended before', async () => {
    const { handle, ended } = await startTree(['true']);
    await ended;
    expect(await endTree(handle, { graceMs: 20_000 })).toMatchObject({ result: 'gone' });
  });
});
