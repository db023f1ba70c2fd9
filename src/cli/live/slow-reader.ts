// Whoever reads what a run writes may read slowly, or not at all: what waits for them is in our memory, so the run waits with it.
import type { EventEmitter } from 'node:events';

/** Of short lines each costs many times its length. */
const MOST_WAITING_BYTES = 1024 * 1024;

/** Null while little waits; else resolves when it was taken, or nobody takes anything any more. */
export function whenTaken(to: EventEmitter & { readonly writableLength: number }): Promise<void> | null {
  if (to.writableLength < MOST_WAITING_BYTES) return null;
  return new Promise((resolve) => {
    const done = (): void => {
      to.off('drain', done);
      to.off('close', done);
      resolve();
    };
    to.once('drain', done);
    // A stream that broke is closed, and what waited in it is gone.
    to.once('close', done);
  });
}
