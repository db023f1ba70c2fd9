import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { closest, editDistance } from '../../src/config/did-you-mean.ts';

describe('closest', () => {
  it.each([
    ['dya_usd', 'day_usd'],
    ['timout', 'timeout'],
    ['BUDGET', 'budget'],
    ['host', null],
    ['completely_else', null],
  ])('takes %s for %s', (word, expected) => {
    expect(closest(word, ['day_usd', 'timeout', 'budget', 'port'])).toBe(expected);
  });
});

describe('editDistance', () => {
  it('is zero for the same word only, the same both ways, and never more than the longer word', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 8 });
    fc.assert(
      fc.property(word, word, (a, b) => {
        const distance = editDistance(a, b);
        expect(distance === 0).toBe(a === b);
        expect(distance).toBe(editDistance(b, a));
        expect(distance).toBeLessThanOrEqual(Math.max(a.length, b.length));
        expect(distance).toBeGreaterThanOrEqual(Math.abs(a.length - b.length));
      }),
    );
  });
});
