import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { abilities } from '../../src/process/entry.ts';
import {
  endGroup,
  freezeGroup,
  killGroup,
  listGroup,
  resumeGroup,
} from '../../src/process/group-fallback.ts';
import { scratch, sizeOf, startFixture, startTree, untilGrows, witnessed } from './tree-fixture.ts';

describe('a tree on a system that shows no processes', () => {
  it('is stopped and continued as a group, and never said to be verified', async () => {
    const { handle } = await startFixture('count.sh', scratch('count'));
    await untilGrows(scratch('count'));
    expect(freezeGroup(handle)).toMatchObject({ result: 'unverified', members: [{ pid: handle.root.pid }] });
    await delay(50);
    const before = sizeOf(scratch('count'));
    await delay(50);
    expect(sizeOf(scratch('count'))).toBe(before);
    expect(resumeGroup(handle)).toMatchObject({ result: 'unverified' });
    await untilGrows(scratch('count'));
  });

  it('is killed as a group, and not said to be ended for good', async () => {
    const { handle } = await startFixture('count.sh', scratch('count'));
    expect(await killGroup(handle)).toMatchObject({ result: 'unverified', survivors: [] });
    expect(witnessed(handle.marker)).toEqual([]);
    expect(listGroup(handle)).toEqual([]);
    expect(await killGroup(handle)).toMatchObject({ result: 'gone' });
    expect(freezeGroup(handle)).toMatchObject({ result: 'gone', members: [] });
  });

  it('is asked first and killed after the grace', async () => {
    const listens = await startTree(['sleep', '600']);
    expect(await endGroup(listens.handle, 20_000)).toMatchObject({ result: 'gone' });
    const deaf = await startTree(['sh', '-c', "trap '' TERM; echo; while :; do sleep 1; done"]);
    // It does not listen any more.
    await once(deaf.stdout, 'data');
    expect(await endGroup(deaf.handle, 100)).toMatchObject({ result: 'unverified', survivors: [] });
  });

  it('is said to be seen only in part', () => {
    expect(abilities().detail).toMatch(process.platform === 'linux' ? /verified/ : /only the process group/);
  });
});
