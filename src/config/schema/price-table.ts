// The [prices] table, merged over the prices that come with the package.
import * as z from 'zod';
import type { Price, PriceTable, Rates } from '../../core/ledger/price.ts';
import { SHIPPED_PRICES } from '../../core/ledger/shipped-prices.ts';
import { field, fieldIssue, oneOf, wholeNumber } from './field.ts';

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

const rates = {
  input_usd_per_mtok: price.optional(),
  output_usd_per_mtok: price.optional(),
  cache_read_usd_per_mtok: price.optional(),
  cache_write_5m_usd_per_mtok: price.optional(),
  cache_write_1h_usd_per_mtok: price.optional(),
};

/** For calls whose whole input is longer than `above_tokens`. */
const longContext = z.strictObject({
  above_tokens: wholeNumber(1, 1_000_000_000, 200_000),
  ...rates,
  input_usd_per_mtok: price,
  output_usd_per_mtok: price,
});

const modelPrice = z.strictObject({
  ...rates,
  batch_percent: wholeNumber(0, 100, 50).optional(),
  long_context: longContext.optional(),
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
 * the full price for reading, and Anthropic's surcharge for writing: too much rather than too little. What long calls cost keeps its
 * relation to the rest in the same way, and a batch costs all of it.
 */
function merged(entry: ModelPrice, shipped: Price | undefined): Price {
  const own = mergedRates(entry, shipped);
  const long = longRates(entry, own, shipped);
  const batchPct = entry.batch_percent ?? shipped?.batchPct;
  return { ...own, ...(long === null ? {} : { long }), ...(batchPct === undefined ? {} : { batchPct }) };
}

type GivenRates = { readonly [key in keyof typeof rates]?: number | undefined };

function mergedRates(given: GivenRates, shipped: Rates | undefined): Rates {
  const inputNano = given.input_usd_per_mtok ?? shipped?.inputNano ?? 0;
  const related = (shippedNano: number | undefined, otherwise: number): number =>
    Math.ceil(
      shipped === undefined ? inputNano * otherwise : (inputNano * (shippedNano ?? 0)) / shipped.inputNano,
    );
  return {
    inputNano,
    outputNano: given.output_usd_per_mtok ?? shipped?.outputNano ?? 0,
    cacheReadNano: given.cache_read_usd_per_mtok ?? related(shipped?.cacheReadNano, 1),
    cacheWrite5mNano: given.cache_write_5m_usd_per_mtok ?? related(shipped?.cacheWrite5mNano, 1.25),
    cacheWrite1hNano: given.cache_write_1h_usd_per_mtok ?? related(shipped?.cacheWrite1hNano, 2),
  };
}

function longRates(
  entry: ModelPrice,
  own: Rates,
  shipped: Price | undefined,
): NonNullable<Price['long']> | null {
  const given = entry.long_context;
  if (given !== undefined)
    return { aboveTokens: given.above_tokens, ...mergedRates(given, shipped?.long ?? own) };
  if (shipped?.long === undefined) return null;
  const { long } = shipped;
  const scaled = (key: keyof Rates): number => Math.ceil((long[key] * own[key]) / shipped[key]);
  return {
    aboveTokens: long.aboveTokens,
    inputNano: scaled('inputNano'),
    outputNano: scaled('outputNano'),
    cacheReadNano: scaled('cacheReadNano'),
    cacheWrite5mNano: scaled('cacheWrite5mNano'),
    cacheWrite1hNano: scaled('cacheWrite1hNano'),
  };
}
