import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isId, newId } from '../../src/core/id.ts';

const time = fc.integer({ min: 0, max: 2 ** 48 - 1 });
const random = fc.uint8Array({ minLength: 10, maxLength: 16 });

describe('an id', () => {
  it('is valid under its own prefix only', () => {
    fc.assert(
      fc.property(time, random, (nowMs, bytes) => {
        const id = newId('run', nowMs, bytes);
        expect(isId('run', id)).toBe(true);
        expect(isId('prp', id)).toBe(false);
        expect(encodeURIComponent(id)).toBe(id);
      }),
      { seed: 1 },
    );
  });

  it('sorts by the time it was made, as text, whatever its random part', () => {
    fc.assert(
      fc.property(time, time, random, random, (a, b, first, second) => {
        fc.pre(a !== b);
        expect(newId('prp', a, first) < newId('prp', b, second)).toBe(a < b);
      }),
      { seed: 2, numRuns: 500 },
    );
  });

  it('carries all of its eighty random bits', () => {
    fc.assert(
      fc.property(time, random, fc.nat(9), fc.nat(7), (nowMs, bytes, at, bit) => {
        const changed = Uint8Array.from(bytes);
        changed[at] = (changed[at] ?? 0) ^ (1 << bit);
        expect(newId('ses', nowMs, changed)).not.toBe(newId('ses', nowMs, bytes));
      }),
      { seed: 3, numRuns: 500 },
    );
    const made = new Set(Array.from({ length: 5_000 }, () => newId('rsv', 1, randomBytes(10))));
    expect(made.size).toBe(5_000);
  });

  it('is not made of less randomness', () => {
    expect(() => newId('run', 0, new Uint8Array(9))).toThrow(RangeError);
  });

  it.each([
    'run_',
    'run_0',
    `run_${'0'.repeat(27)}`,
    `run_${'u'.repeat(26)}`,
    `run_${'A'.repeat(26)}`,
    `run_${'0'.repeat(26)}\n`,
    `prp_${'0'.repeat(26)}`,
  ])('is not %j', (text) => {
    expect(isId('run', text)).toBe(false);
  });
});
