import { describe, expect, it } from 'vitest';
import { isLive, parseStat } from '../../src/process/proc-stat.ts';

const line = (name: string, state = 'S', threads = 1): Buffer =>
  Buffer.from(
    `42 (${name}) ${state} 7 8 9 0 -1 4194304 0 0 0 0 1 20 300 4000 20 0 ${threads} 0 12345 0 0 18446744073709551615\n`,
  );

describe('what the kernel says of a process', () => {
  it.each(['cat', 'a b', ') R 1 1 1', '(((', '))) Z 0', 'x\ny', 'naïve', ''])(
    'is read right when the program calls itself %j',
    (name) => {
      expect(parseStat(line(name))).toEqual({
        pid: 42,
        name,
        state: 'S',
        parentPid: 7,
        groupId: 8,
        sessionId: 9,
        isKernelThread: false,
        threads: 1,
        ownTicks: 21,
        waitedTicks: 4300,
        startTicks: 12345,
      });
    },
  );

  it.each(['', '42', '42 (cat', '42 (cat) S 1 2'])('is nothing when it is cut short: %j', (text) => {
    expect(parseStat(Buffer.from(text))).toBeUndefined();
  });

  it.each([
    ['S', 1, true],
    ['T', 1, true],
    ['Z', 1, false],
    ['X', 1, false],
    ['Z', 2, true],
  ])('counts state %s with %i threads as live: %s', (state, threads, live) => {
    const stat = parseStat(line('cat', state, threads));
    expect(stat && isLive(stat)).toBe(live);
  });
});
