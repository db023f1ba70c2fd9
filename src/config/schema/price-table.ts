// The [prices] table, merged over the prices that come with the package.
import * as z from 'zod';
import type { Price, PriceTable } from '../../core/ledger/price.ts';
import { SHIPPED_PRICES } from '../../core/ledger/shipped-prices.ts';
import { field, fieldIssue, oneOf } from './field.ts';

const HIGHEST_USD_PER_MTOK = 1_000_000;

/** In nano-dollars a token, rounded up. */
const price = field(
  `dollars for a million tokens, from 0 to ${HIGHEST_USD_PER_MTOK}`,
  'write a number without quotes, such as 3 or 0.25',
  (value) =>
    typeof value === 'number' && value >= 0 && value <= HIGHEST_USD_PER_MTOK
      ? Math.ceil(Math.round(value * 1e6) / 1e3)
      : undefined,
);

const modelPrice = z.strictObject({
  input_usd_per_mtok: price.optional(),
  output_usd_per_mtok: price.optional(),
  cache_read_usd_per_mtok: price.optional(),
  cache_write_5m_usd_per_mtok: price.optional(),
  cache_write_1h_usd_per_mtok: price.optional(),
});

type ModelPrice = z.output<typeof modelPrice>;

export const pricesTable = z
  .object({ unknown_model: oneOf(['refuse', 'worst']).optional() })
  .catchall(modelPrice)
  .superRefine((table, context) => {
    for (const [model, entry] of modelEntries(table)) {
      for (const key of ['input_usd_per_mtok', 'output_usd_per_mtok'] as const) {
        if (SHIPPED_PRICES.has(model) || entry[key] !== undefined) continue;
        const hint = `no price of ${model} comes with the package: write ${key} = …`;
        context.addIssue({ ...fieldIssue({ message: 'is missing', hint }), path: [model, key] });
      }
    }
  });

export function priceTable(table: z.output<typeof pricesTable>): PriceTable {
  const models = new Map(SHIPPED_PRICES);
  for (const [model, entry] of modelEntries(table))
    models.set(model, merged(entry, SHIPPED_PRICES.get(model)));
  return { unknownModel: table.unknown_model ?? 'refuse', models };
}

function modelEntries(table: z.output<typeof pricesTable>): readonly (readonly [string, ModelPrice])[] {
  return Object.entries(table).flatMap(([model, entry]) =>
    typeof entry === 'object' ? [[model, entry] as const] : [],
  );
}

/**
 * A cache price that is not given keeps its relation to the input price. For a model that does not come with the package that is
 * the full price for reading, and Anthropic's surcharge for writing: too much rather than too little.
 */
function merged(entry: ModelPrice, shipped: Price | undefined): Price {
  const inputNano = entry.input_usd_per_mtok ?? shipped?.inputNano ?? 0;
  const related = (shippedNano: number | undefined, otherwise: number): number =>
    Math.ceil(
      shipped === undefined ? inputNano * otherwise : (inputNano * (shippedNano ?? 0)) / shipped.inputNano,
    );
  return {
    inputNano,
    outputNano: entry.output_usd_per_mtok ?? shipped?.outputNano ?? 0,
    cacheReadNano: entry.cache_read_usd_per_mtok ?? related(shipped?.cacheReadNano, 1),
    cacheWrite5mNano: entry.cache_write_5m_usd_per_mtok ?? related(shipped?.cacheWrite5mNano, 1.25),
    cacheWrite1hNano: entry.cache_write_1h_usd_per_mtok ?? related(shipped?.cacheWrite1hNano, 2),
  };
}
