import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { freezeTree, workMeter } from '../../src/process/entry.ts';
import { readStat } from '../../src/process/proc-stat.ts';
import { startTree } from './tree-fixture.ts';

const BUSY = 'while :; do :; done';

/** What it says once it settled: the first answer holds all since the start. */
async function workIn(ms: number, command: readonly string[]): Promise<number> {
  const { handle } = await startTree(command);
  const worked = workMeter(handle);
  await delay(300);
  worked();
  await delay(ms);
  return worked();
}

describe('the work of a tree', () => {
  it('is next to nothing while it waits', async () => {
    expect(await workIn(1_000, ['sh', '-c', 'sleep 600 & wait'])).toBeLessThan(50);
  });

  it('is that of all of its processes', async () => {
    expect(await workIn(1_000, ['sh', '-c', `(${BUSY}) & wait`])).toBeGreaterThan(50);
  });

  it('is that of the children it waited for as well, however short they were', async () => {
    const short = 'i=0; while [ $i -lt 2000 ]; do i=$((i+1)); done';
    expect(await workIn(1_000, ['sh', '-c', `while :; do sh -c '${short}'; done`])).toBeGreaterThan(50);
  });

  it('is counted once, though whoever waited for a child has its time again', async () => {
    const some = 'i=0; while [ $i -lt 600000 ]; do i=$((i+1)); done';
    const { handle } = await startTree(['sh', '-c', `sh -c '${some}; :'; exec sleep 600`]);
    const worked = workMeter(handle);
    const root = () => {
      const stat = readStat(handle.root.pid);
      if (stat === undefined) throw new Error('its root is gone');
      return stat;
    };
    let said = 0;
    while (root().name !== 'sleep') {
      await delay(50);
      const now = worked();
      // What is new and runs counts as all the time that there was, once.
      if (Number.isFinite(now)) said += now;
    }
    await delay(50);
    said += worked();
    expect(root().waitedTicks).toBeGreaterThan(10);
    expect(said).toBeLessThanOrEqual((root().ownTicks + root().waitedTicks) * 10);
  });

  it('may be all the time when what runs was not there before: nobody may have waited for the others', async () => {
    // Each of them is left to others at once, and ends soon.
    const brief = 'i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done';
    const { handle } = await startTree(['sh', '-c', `while :; do (sh -c '${brief}' &); sleep 0.05; done`]);
    const worked = workMeter(handle);
    const said: number[] = [];
    for (let at = 0; at < 20; at += 1) {
      await delay(200);
      said.push(worked());
    }
    expect(said).toContain(Number.POSITIVE_INFINITY);
  });

  it('is none while it is frozen', async () => {
    const { handle } = await startTree(['sh', '-c', BUSY]);
    const worked = workMeter(handle);
    await delay(300);
    expect(freezeTree(handle).result).toBe('frozen');
    expect(worked()).toBeGreaterThan(20);
    await delay(500);
    expect(worked()).toBe(0);
  });
});
