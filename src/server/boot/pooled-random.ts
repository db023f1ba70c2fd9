// Random bytes, drawn from the system a few thousand at a time: asking for a handful costs as much as asking for all of them. Each byte
// is given out once.
import { randomFillSync } from 'node:crypto';

const POOL_BYTES = 8 * 1024;

export function pooledRandom(): (bytes: number) => Buffer {
  let pool = Buffer.alloc(0);
  let at = 0;
  return (bytes) => {
    if (at + bytes > pool.length) {
      pool = randomFillSync(Buffer.allocUnsafeSlow(Math.max(POOL_BYTES, bytes)));
      at = 0;
    }
    at += bytes;
    return pool.subarray(at - bytes, at);
  };
}
