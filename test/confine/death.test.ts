import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
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
import { counts, isProving } from '../counts.ts';
import { livingOf, preciseDelay, slowBwrap, startRunner, survivorsOf } from './doomed-runner.ts';
import { jailedRun } from './jail-fixture.ts';
import { buildPrograms, type Programs, removeFolders } from './probe-fixture.ts';

const MOMENTS = counts(15, 400);
const SLOW_MOMENTS = counts(6, 200);
const TREES = counts(8, 200);
const TIMEOUT_MS = counts(120_000, 1_800_000);
vi.setConfig({ testTimeout: TIMEOUT_MS });
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

function report(what: string, survivors: readonly unknown[]): void {
  if (isProving) console.log(`${what}: ${survivors.length} survivors`);
}

describe('A jailed tree', () => {
  it('is gone with its runner, at whatever moment that is killed while the jail is made', async () => {
    const found: unknown[] = [];
    for (let nth = 0; nth < MOMENTS; nth += 1) {
      const runner = startRunner(programs);
      await runner.said('starting');
      const afterMs = Math.random() * 150;
      await preciseDelay(afterMs);
      if (nth % 3 === 2) runner.process.kill('SIGSTOP');
      if (nth % 3 === 2) await preciseDelay(Math.random() * 20);
      runner.process.kill('SIGKILL');
      for (const each of await survivorsOf(runner)) found.push({ nth, afterMs, each });
    }
    report(`${MOMENTS} runners killed 0 to 150 ms after they started to make a jail`, found);
    expect(found).toEqual([]);
  });

  it('is gone between any two steps of its making', async () => {
    const bwrap = slowBwrap();
    const found: unknown[] = [];
    for (let nth = 0; nth < SLOW_MOMENTS; nth += 1) {
      const runner = startRunner(programs, bwrap);
      await runner.said('starting');
      const afterMs = Math.random() * 350;
      await preciseDelay(afterMs);
      runner.process.kill('SIGKILL');
      for (const each of await survivorsOf(runner)) found.push({ nth, afterMs, each });
    }
    report(`${SLOW_MOMENTS} runners killed while bubblewrap went in slow motion`, found);
    expect(found).toEqual([]);
  });

  it('is gone with its runner when it is hostile, and frozen too', async () => {
    const found: unknown[] = [];
    let processes = 0;
    for (let nth = 0; nth < TREES; nth += 1) {
      const runner = startRunner(programs);
      await runner.said('up');
      const members = livingOf(runner.name).filter((pid) => Number(pid) !== runner.process.pid);
      processes += members.length;
      if (nth % 4 === 3) for (const pid of members) process.kill(Number(pid), 'SIGSTOP');
      runner.process.kill('SIGKILL');
      for (const each of await survivorsOf(runner)) found.push({ nth, each });
    }
    report(`${TREES} hostile trees of ${processes} processes, runner killed`, found);
    expect(found).toEqual([]);
    expect(processes).toBeGreaterThan(8 * TREES);
  });

  it('is not started where its end could not be seen to', async () => {
    const { request } = jailedRun(programs.door, ['/bin/sh', '-c', 'echo it runs']);
    const marker = `GOVERNED_RUN_ID=${request.name}`;
    const tree = await spawnTree({ ...openJail(request), hasLifeline: false, marker });
    expect(await tree.ended).toMatchObject({ signal: null, exitCode: 125 });
  });

  it('is frozen, resumed and killed from outside like any other', async () => {
    const { tree, ready } = await start([
      '/bin/sh',
      '-c',
      'setsid sleep 600 & echo up; while :; do sleep 0.1; done',
    ]);
    await ready;
    expect(freezeTree(tree.handle, { limitMs: 20_000 })).toMatchObject({ result: 'frozen', denied: [] });
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
