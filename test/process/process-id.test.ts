import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { identify, isAlive } from '../../src/process/entry.ts';
import { startTree, until } from './tree-fixture.ts';

describe('the name of a process', () => {
  it('holds for a process that lives', () => {
    const id = identify(process.pid);
    expect(id).toMatchObject({ pid: process.pid, startTicks: expect.any(Number) });
    expect(id && isAlive(id)).toBe(true);
  });

  it('does not fit another process with the same pid, or the same pid after a restart of the machine', () => {
    const id = identify(process.pid);
    if (id === undefined) throw new Error('This process was not found.');
    expect(isAlive({ ...id, startTicks: id.startTicks - 1 })).toBe(false);
    expect(isAlive({ ...id, startTicks: id.startTicks + 1 })).toBe(false);
    expect(isAlive({ ...id, bootId: '00000000-0000-0000-0000-000000000000' })).toBe(false);
  });

  it('is not given to a process that ended', async () => {
    const child = spawn('true');
    await once(child, 'exit');
    expect(identify(child.pid ?? 0)).toBeUndefined();
  });

  it('is not given to a zombie, and no longer fits once its owner is one', async () => {
    // The shell starts a child, becomes a program that never reaps it, and tells its pid first.
    const { stdout, handle } = await startTree(['sh', '-c', 'sleep 0.2 & echo $!; exec sleep 600']);
    const [first] = await once(stdout, 'data');
    const pid = Number(String(first));
    const id = identify(pid);
    if (id === undefined) throw new Error('The child was not found while it lived.');
    expect(isAlive(id)).toBe(true);
    await until(
      () => readFileSync(`/proc/${pid}/status`, 'utf8').includes('State:\tZ'),
      'the child is a zombie',
    );
    expect(isAlive(id)).toBe(false);
    expect(identify(pid)).toBeUndefined();
    expect(isAlive(handle.root)).toBe(true);
  });
});
