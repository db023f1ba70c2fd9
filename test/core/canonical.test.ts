import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson, payloadHash, sha256Hex } from '../../src/core/canonical.ts';
import { InputError } from '../../src/core/fault.ts';

describe('canonical JSON', () => {
  it('is the same for the same value in any order of keys, and reads back as it', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = canonicalJson(value);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
        expect(canonicalJson(reversed(JSON.parse(JSON.stringify(value))))).toBe(text);
        expect(payloadHash(value)).toBe(sha256Hex(text));
      }),
      { seed: 1, numRuns: 300 },
    );
  });

  it('keeps a key named __proto__', () => {
    expect(canonicalJson(JSON.parse('{"b":1,"__proto__":{"a":2}}'))).toBe('{"__proto__":{"a":2},"b":1}');
  });

  it('sorts keys by UTF-16 and writes numbers as RFC 8785 does', () => {
    expect(canonicalJson({ '\ufb33': 1, '😀': 2, '\r': 3, 1: 4 })).toBe('{"\\r":3,"1":4,"😀":2,"\ufb33":1}');
    expect(canonicalJson([1e30, 4.5, 2e-3, 0.000001, 1e-27, -0, 1e21])).toBe(
      '[1e+30,4.5,0.002,0.000001,1e-27,0,1e+21]',
    );
  });

  it.each([['1e400'], ['[-1e400]'], ['{"a":{"b":1e999}}']])(
    'is refused for %s, which no JSON can say again',
    (text) => {
      expect(() => canonicalJson(JSON.parse(text))).toThrow(InputError);
    },
  );

  it('is refused for what is no JSON at all', () => {
    for (const value of [undefined, () => 1, Number.NaN])
      expect(() => canonicalJson(value)).toThrow(InputError);
  });
});

function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, each]) => [key, reversed(each)]),
  );
}
