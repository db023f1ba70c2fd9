import picocolors from 'picocolors';
import { expect, it } from 'vitest';
import { pricesData, pricesText, sourceOf } from '../../../src/cli/show/prices.ts';
import type { Price, PriceTable } from '../../../src/core/ledger/price.ts';
import { SHIPPED_PRICES, SHIPPED_PRICES_AS_OF } from '../../../src/core/ledger/shipped-prices.ts';

const plain = picocolors.createColors(false);

function tableOf(over: readonly (readonly [string, Price])[] = []): PriceTable {
  return { unknownModel: 'refuse', models: new Map([...SHIPPED_PRICES, ...over]) };
}

const [firstModel, firstPrice] = [...SHIPPED_PRICES][0] ?? [];

it('fits into 80 columns, with the date and what happens to a model without a price', () => {
  const text = pricesText(tableOf(), plain, 80);
  const rows = text.split('\n\n')[0]?.split('\n') ?? [];
  expect(rows.length).toBeGreaterThan(SHIPPED_PRICES.size);
  expect(Math.max(...rows.map((row) => row.length))).toBeLessThanOrEqual(80);
  expect(text).toContain(SHIPPED_PRICES_AS_OF);
  expect(text).toContain('A model without a price is refused.');
});

it('marks what [prices] changed and what only it knows', () => {
  if (firstModel === undefined || firstPrice === undefined) throw new Error('no price ships');
  const table = tableOf([
    [firstModel, { ...firstPrice, outputNano: firstPrice.outputNano + 1 }],
    ['house-model', { ...firstPrice }],
  ]);
  const text = pricesText(table, plain, 200);
  expect(text).toMatch(new RegExp(`^${firstModel} .*overridden$`, 'm'));
  expect(text).toMatch(/^house-model .*own$/m);
  expect([...SHIPPED_PRICES].map(([model, price]) => sourceOf(model, price))).not.toContain('overridden');
  const data = pricesData(table, 'h') as { items: { model: string; source: string }[] };
  expect(data.items.find(({ model }) => model === firstModel)?.source).toBe('overridden');
});

it('shows every digit of a price, and what a long input costs on a line of its own', () => {
  const price: Price = {
    inputNano: 125,
    outputNano: 10_000,
    cacheReadNano: 13,
    cacheWrite5mNano: 157,
    cacheWrite1hNano: 250,
    batchPct: 50,
    long: {
      aboveTokens: 200_000,
      inputNano: 250,
      outputNano: 15_000,
      cacheReadNano: 25,
      cacheWrite5mNano: 313,
      cacheWrite1hNano: 500,
    },
  };
  const text = pricesText({ unknownModel: 'worst', models: new Map([['m', price]]) }, plain, 200);
  expect(text).toMatch(/^m +\$0\.125 +\$10\.00 +\$0\.013 +\$0\.157 +\$0\.25 +50% +own$/m);
  expect(text).toMatch(/^ {2}> 200,000 input +\$0\.25 +\$15\.00 +\$0\.025 +\$0\.313 +\$0\.50$/m);
  expect(text).toContain('reserved at the worst of these');
});
