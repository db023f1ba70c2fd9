import { EventEmitter } from 'node:events';
import { expect, it } from 'vitest';
import { whenTaken } from '../../../src/cli/live/slow-reader.ts';

const stream = (waiting: number) => Object.assign(new EventEmitter(), { writableLength: waiting });
const MIB = 1024 * 1024;

it('waits for nobody while little waits', () => {
  expect(whenTaken(stream(MIB - 1))).toBeNull();
});

it.each(['drain', 'close'])('waits until it was taken, or nobody takes it any more (%s)', async (event) => {
  const to = stream(MIB);
  let isTaken = false;
  const taken = whenTaken(to)?.then(() => {
    isTaken = true;
  });
  await Promise.resolve();
  expect(isTaken).toBe(false);
  to.emit(event);
  await taken;
  expect(isTaken).toBe(true);
  expect(to.eventNames()).toEqual([]);
});
