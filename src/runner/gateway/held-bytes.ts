// What the open requests of a gateway take together, in bytes: an agent that sends many at once must not use up the memory that its
// supervision needs.
import type { ServerResponse } from 'node:http';

export interface HeldBytes {
  /** Negative: given back. False when all requests together take too much with these. */
  add(bytes: number): boolean;
}

const MOST_HELD_BYTES = 192 * 1024 * 1024;
/** Of this process, which has one gateway. */
let heldBytes = 0;

/** What is added counts until the request is answered. */
export function heldUntilAnswered(response: ServerResponse, mostBytes = MOST_HELD_BYTES): HeldBytes {
  let own = 0;
  let isOver = response.closed;
  response.once('close', () => {
    isOver = true;
    heldBytes -= own;
  });
  return {
    add(bytes) {
      if (isOver) return false;
      own += bytes;
      heldBytes += bytes;
      return heldBytes <= mostBytes;
    },
  };
}
