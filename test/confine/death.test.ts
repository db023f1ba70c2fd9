import { spawn } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  endTree,
  freezeTree,
  killTree,
  listTree,
  resumeTree,
  spawnTree,
  type TreeHandle,
} from '../../src/process/entry.ts';
import { openJail } from '../../src/runner/confine/open-jail.ts';
import { jailedRun } from './jail-fixture.ts';
import { buildPrograms, type Programs, removeFolders } from './probe-fixture.ts';

const TREES = 40;
const TIMEOUT_MS = 120_000;
let programs: Programs;

beforeAll(async () => {
  programs = await buildPrograms();
}, TIMEOUT_MS);
afterAll(removeFolders);

async function start(command: readonly string[]) {
  const { request } = jailedRun(programs.door, command);
  const tree = await spawnTree({ ...openJail(request), marker: `GOVERNED_RUN_ID=${request.name}` });
  const ready = new Promise((resolve) => tree.stdout.once('data', resolve));
  return { tree, ready };
}

async function gone(handle: TreeHandle, limitMs: number): Promise<number> {
  const deadlineMs = performance.now() + limitMs;
  while (listTree(handle).length > 0 && performance.now() < deadlineMs) await delay(10);
  return listTree(handle).length;
}

describe('A jailed tree', () => {
  it('is gone with its runner, at whatever moment that is killed', { timeout: TIMEOUT_MS }, async () => {
    let survivors = 0;
    for (let nth = 0; nth < TREES; nth += 1) {
      const runner = spawn(process.execPath, [programs.runnerMain, programs.door], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const said = await new Promise<string>((resolve) =>
        runner.stdout.once('data', (chunk) => resolve(String(chunk))),
      );
      const handle = JSON.parse(said) as TreeHandle;
      // Half of them while the jail is still being made.
      await delay(nth % 2 === 0 ? nth * 2 : 250);
      runner.kill('SIGKILL');
      survivors += await gone(handle, 5_000);
      await killTree(handle);
    }
    expect(survivors).toBe(0);
  });

  it('is frozen, resumed and killed from outside like any other', async () => {
    const { tree, ready } = await start([
      '/bin/sh',
      '-c',
      'setsid sleep 600 & echo up; while :; do sleep 0.1; done',
    ]);
    await ready;
    expect(freezeTree(tree.handle)).toMatchObject({ result: 'frozen', denied: [] });
    expect(listTree(tree.handle).every(({ stopped }) => stopped)).toBe(true);
    expect(resumeTree(tree.handle).result).toBe('resumed');
    expect(await killTree(tree.handle)).toMatchObject({ result: 'killed', survivors: [] });
  });

  it('is given its time when it is asked to end', async () => {
    const { tree, ready } = await start([
      '/bin/sh',
      '-c',
      'trap "sleep 0.2; exit 7" TERM; echo up; while :; do sleep 0.05; done',
    ]);
    await ready;
    expect((await endTree(tree.handle, { graceMs: 10_000 })).result).toBe('ended');
    expect(await tree.ended).toEqual({ exitCode: 7, signal: null });
  });

  it('takes what it left running with it when it ends by itself', async () => {
    const { tree } = await start(['/bin/sh', '-c', 'setsid sleep 600 & (setsid sleep 600 &); exit 3']);
    expect(await tree.ended).toEqual({ exitCode: 3, signal: null });
    expect(await gone(tree.handle, 5_000)).toBe(0);
  });
});
