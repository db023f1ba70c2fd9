import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  costOf,
  isBounded,
  isCountable,
  knownPriceOf,
  type Price,
  priceOf,
  totalTokens,
  type Usage,
  worstCost,
} from '../../../src/core/ledger/price.ts';
import { SHIPPED_PRICES, SHIPPED_PRICES_AS_OF } from '../../../src/core/ledger/shipped-prices.ts';

const nano = fc.integer({ min: 0, max: 1_000_000 });
const rates = {
  inputNano: nano,
  outputNano: nano,
  cacheReadNano: nano,
  cacheWrite5mNano: nano,
  cacheWrite1hNano: nano,
};
const price: fc.Arbitrary<Price> = fc.oneof(
  fc.record(rates),
  fc.record({ ...rates, long: fc.record({ ...rates, aboveTokens: fc.nat(6_000_000) }) }),
);
const count = fc.integer({ min: 0, max: 2_000_000 });
const usage: fc.Arbitrary<Usage> = fc.record({
  inputTokens: count,
  outputTokens: count,
  cacheReadTokens: count,
  cacheWrite5mTokens: count,
  cacheWrite1hTokens: count,
});
const FLAT: Price = {
  inputNano: 1_000,
  outputNano: 10_000,
  cacheReadNano: 100,
  cacheWrite5mNano: 1_250,
  cacheWrite1hNano: 2_000,
};
const NONE: Usage = {
  inputTokens: 0,
  outputTokens: 0,
  cacheReadTokens: 0,
  cacheWrite5mTokens: 0,
  cacheWrite1hTokens: 0,
};

describe('the cost of a call', () => {
  it('never passes the worst case of the bounds that it kept to', () => {
    fc.assert(
      fc.property(price, usage, count, count, (at, used, moreInput, moreOutput) => {
        const input = totalTokens(used) - used.outputTokens + moreInput;
        expect(costOf(at, used)).toBeLessThanOrEqual(worstCost(at, input, used.outputTokens + moreOutput));
      }),
      { seed: 1, numRuns: 2_000 },
    );
  });

  it('is rounded up once, for the whole call', () => {
    expect(costOf(FLAT, { ...NONE, cacheReadTokens: 1 })).toBe(1);
    expect(costOf(FLAT, { ...NONE, cacheReadTokens: 10 })).toBe(1);
    expect(costOf(FLAT, { ...NONE, cacheReadTokens: 11, cacheWrite5mTokens: 1 })).toBe(3);
    expect(
      costOf(FLAT, {
        inputTokens: 1,
        outputTokens: 2,
        cacheReadTokens: 3,
        cacheWrite5mTokens: 4,
        cacheWrite1hTokens: 5,
      }),
    ).toBe(37);
  });

  it.each<[string, Partial<Usage>]>([
    ['a negative count', { inputTokens: -1, outputTokens: 5 }],
    ['half a token', { outputTokens: 0.5 }],
    ['no number', { cacheReadTokens: Number.NaN }],
    ['an endless number', { inputTokens: Number.POSITIVE_INFINITY }],
    ['more than can be counted', { outputTokens: Number.MAX_SAFE_INTEGER }],
    ['more in sum than can be counted', { inputTokens: 2 ** 52, cacheReadTokens: 2 ** 52 }],
  ])('can not be counted from %s', (_, wrong) => {
    expect(isCountable(FLAT, { ...NONE, ...wrong })).toBe(false);
  });

  it('has a worst case only for bounds that can be counted', () => {
    expect(isBounded(FLAT, 1_000_000, 128_000)).toBe(true);
    for (const tokens of [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, Number.MAX_SAFE_INTEGER]) {
      expect(isBounded(FLAT, tokens, 1)).toBe(false);
      expect(isBounded(FLAT, 1, tokens)).toBe(false);
    }
  });
});

describe('the price of a model', () => {
  const dear: Price = { ...FLAT, outputNano: 90_000, cacheReadNano: 5 };
  const models = new Map([
    ['m', FLAT],
    ['n', dear],
  ]);

  it.each<[string, Price | null]>([
    ['m', FLAT],
    ['m-20250929', FLAT],
    ['m-2025', null],
    ['m-latest', null],
    ['M', null],
    ['', null],
    ['__proto__', null],
    ['toString', null],
  ])('of %j is found by its exact name, or without a trailing date', (name, found) => {
    expect(priceOf({ unknownModel: 'refuse', models }, name)).toEqual(found);
  });

  it('of an unknown model is, where the rules say so, the worst of each rate and never nothing', () => {
    const worst = priceOf({ unknownModel: 'worst', models }, 'other');
    expect(worst).toEqual({ ...FLAT, outputNano: 90_000, cacheReadNano: 100 });
    expect(priceOf({ unknownModel: 'worst', models: new Map() }, 'other')).toBeNull();
  });

  it('of an unknown model is no lower than that of any known one, however long the call and whatever it used', () => {
    const table = { unknownModel: 'worst', models: SHIPPED_PRICES } as const;
    const worst = priceOf(table, 'nobody-knows-it');
    if (worst === null) throw new Error('there is no worst price');
    fc.assert(
      fc.property(fc.constantFrom(...SHIPPED_PRICES.values()), usage, (known, used) => {
        expect(costOf(worst, used)).toBeGreaterThanOrEqual(costOf(known, used));
        const input = totalTokens(used) - used.outputTokens;
        expect(worstCost(worst, input, used.outputTokens)).toBeGreaterThanOrEqual(
          worstCost(known, input, used.outputTokens),
        );
      }),
      { seed: 2, numRuns: 2_000 },
    );
  });

  it.each([
    ['o3-pro-2025-06-10', 20_000, 80_000],
    ['gpt-5-pro-2025-10-06', 15_000, 120_000],
    ['gpt-5.2-pro-2025-12-11', 21_000, 168_000],
    ['gpt-5.4-pro-2026-03-05', 30_000, 180_000],
    ['gpt-5.5-pro', 30_000, 180_000],
  ])(
    'of %s, which is among the dearest, ships: what nobody knows may cost as much',
    (name, input, output) => {
      const table = { unknownModel: 'worst', models: SHIPPED_PRICES } as const;
      // No discount for what was cached.
      const listed = { inputNano: input, cacheReadNano: input, outputNano: output };
      expect(knownPriceOf(table, name)).toMatchObject(listed);
      const worst = priceOf(table, 'nobody-knows-it');
      expect(worst?.inputNano).toBeGreaterThanOrEqual(input);
      expect(worst?.outputNano).toBeGreaterThanOrEqual(output);
    },
  );

  it('ships as whole nano-dollars, none of them free, dearer to write to a cache than to read from it', () => {
    for (const { long, batchPct, ...short } of SHIPPED_PRICES.values()) {
      const { aboveTokens, ...longer } = long ?? { aboveTokens: 1, ...short };
      for (const rate of [...Object.values(short), ...Object.values(longer), aboveTokens]) {
        expect(Number.isSafeInteger(rate) && rate > 0).toBe(true);
      }
      for (const rate of Object.keys(short) as (keyof typeof short)[]) {
        expect(longer[rate]).toBeGreaterThanOrEqual(short[rate]);
      }
      expect(short.cacheReadNano).toBeLessThanOrEqual(short.inputNano);
      expect(short.cacheWrite5mNano).toBeGreaterThanOrEqual(short.inputNano);
      expect(short.cacheWrite1hNano).toBeGreaterThanOrEqual(short.cacheWrite5mNano);
      expect(batchPct).toBe(50);
    }
    expect(SHIPPED_PRICES_AS_OF).toMatch(/^\d{4}-\d{2}-\d{2}$/);
  });

  it('is another one above a length of the whole input, for every token of the call', () => {
    const long = { ...FLAT, inputNano: 2_000, outputNano: 15_000, cacheReadNano: 200, aboveTokens: 1_000 };
    const tiered: Price = { ...FLAT, long };
    const at = (inputTokens: number, cacheReadTokens: number) =>
      costOf(tiered, { ...NONE, inputTokens, cacheReadTokens, outputTokens: 100 });
    expect(at(500, 500)).toBe(500 + 50 + 1_000);
    expect(at(501, 500)).toBe(1_002 + 100 + 1_500);
    expect(worstCost(tiered, 1_000, 100, '5m')).toBe(1_250 + 1_000);
    expect(worstCost(tiered, 1_001, 100, '5m')).toBe(2_002 + 1_500);
  });

  it('is a share of it for what was billed as a batch, rounded up once', () => {
    const half: Price = { ...FLAT, batchPct: 50 };
    const used = { ...NONE, inputTokens: 3, outputTokens: 1 };
    expect(costOf(half, used)).toBe(13);
    expect(costOf(half, { ...used, isBatch: true })).toBe(7);
    expect(costOf(FLAT, { ...used, isBatch: true })).toBe(13);
  });
});
