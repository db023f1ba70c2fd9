import { describe, expect, it } from 'vitest';
import type { TreeHandle } from '../../src/process/entry.ts';
import { runningClock } from '../../src/runner/supervise/running-clock.ts';

const TREE: TreeHandle = { root: { pid: 1, startTicks: 1, bootId: 'b' }, marker: 'A=b' };

function clockOf(limitMs: number | null = 10_000) {
  const at = { nowMs: 0, workedMs: 0, asked: 0 };
  const clock = runningClock(
    limitMs,
    () => at.nowMs,
    () => () => {
      at.asked += 1;
      return at.workedMs;
    },
  );
  clock.attach(TREE);
  const pass = (ms: number, counting: Parameters<typeof clock.tick>[0], workedMs = 0): number => {
    at.nowMs += ms;
    at.workedMs = workedMs;
    clock.tick(counting);
    return 10_000 - clock.leftMs();
  };
  return { at, clock, pass };
}

describe('the running clock', () => {
  it('counts all the time of a run that runs, and none of a frozen one, whatever it worked before', () => {
    const { pass, at } = clockOf();
    expect(pass(250, 'all')).toBe(250);
    expect(pass(250, 'nothing', 250)).toBe(250);
    expect(at.asked).toBe(0);
  });

  it('counts of the time that a person is asked what the tree works', () => {
    const { pass } = clockOf();
    expect(pass(1_000, 'work')).toBe(0);
    expect(pass(1_000, 'work', 240)).toBe(240);
  });

  it('looks once a second, and when the person has answered', () => {
    const { pass, at } = clockOf();
    expect([pass(250, 'work', 100), pass(250, 'work', 100), at.asked]).toEqual([0, 0, 0]);
    expect([pass(250, 'all', 400), at.asked]).toEqual([400 + 250, 1]);
    expect([pass(900, 'work', 100), pass(100, 'work', 100), at.asked]).toEqual([650, 750, 2]);
  });

  it('counts no more than the time that went by, on however many processors it works', () => {
    const { pass } = clockOf();
    expect(pass(1_000, 'work', 4_000)).toBe(1_000);
    expect(pass(1_000, 'work', Number.POSITIVE_INFINITY)).toBe(2_000);
  });

  it('takes a long gap for an absence of its own', () => {
    expect(clockOf().pass(60_000, 'all')).toBe(1_000);
    expect(clockOf().pass(60_000, 'work', 60_000)).toBe(1_000);
  });

  it('looks at no process where there is no limit', () => {
    const { pass, at } = clockOf(null);
    pass(1_000, 'work', 240);
    expect(at.asked).toBe(0);
  });
});
