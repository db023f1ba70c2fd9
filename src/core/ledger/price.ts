// Prices of model tokens in integer nano-dollars a token ($1 per million tokens is 1,000), and the cost of a usage, rounded up
// once a call. A model without a price is not free: it is refused, or reserved at the worst price known.
import { bareName, undated } from './model-name.ts';
import { type MicroUsd, microUsd } from './money.ts';

export interface Rates {
  readonly inputNano: number;
  readonly outputNano: number;
  readonly cacheReadNano: number;
  readonly cacheWrite5mNano: number;
  readonly cacheWrite1hNano: number;
}

export interface Price extends Rates {
  /** What every token of a call costs, output too, whose whole input is longer than this. Left out: the same. */
  readonly long?: Rates & { readonly aboveTokens: number };
  /** Percent of all this that a call costs which the provider says it carried out as a batch. Left out: all of it. */
  readonly batchPct?: number;
}

export interface PriceTable {
  readonly unknownModel: 'refuse' | 'worst';
  readonly models: ReadonlyMap<string, Price>;
}

/** Tokens of one call, as the provider reported them; all integers ≥ 0. */
export interface Usage {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cacheReadTokens: number;
  readonly cacheWrite5mTokens: number;
  readonly cacheWrite1hTokens: number;
  /** The provider says that it billed the call as part of a batch. */
  readonly isBatch?: boolean;
}

/** The price of a model by its exact name, else without a trailing date ("-20250929"), else by policy of the table. */
export function priceOf(table: PriceTable, model: string): Price | null {
  return knownPriceOf(table, model) ?? (table.unknownModel === 'worst' ? worstPrice(table) : null);
}

/** Null: the table does not know it. */
export function knownPriceOf({ models }: PriceTable, model: string): Price | null {
  return models.get(model) ?? models.get(undated(model)) ?? null;
}

/** Of a model by the name under which it answered, which may have its maker before it. What is asked for may not: it may be sold dearer there. */
export function answerPriceOf(table: PriceTable, model: string): Price | null {
  return knownPriceOf(table, model) ?? knownPriceOf(table, bareName(model));
}

/** Every rate at the highest that the table knows of the models that are meant, for calls of any length. */
export function worstPrice(
  table: PriceTable,
  isMeant: (model: string) => boolean = () => true,
): Price | null {
  const [first, ...others] = [...table.models].flatMap(([model, price]) => {
    if (!isMeant(model)) return [];
    return price.long === undefined ? [price] : [price, price.long];
  });
  return first === undefined ? null : others.reduce<Rates>(highest, ratesOf(first));
}

function highest(a: Rates, b: Rates): Rates {
  return {
    inputNano: Math.max(a.inputNano, b.inputNano),
    outputNano: Math.max(a.outputNano, b.outputNano),
    cacheReadNano: Math.max(a.cacheReadNano, b.cacheReadNano),
    cacheWrite5mNano: Math.max(a.cacheWrite5mNano, b.cacheWrite5mNano),
    cacheWrite1hNano: Math.max(a.cacheWrite1hNano, b.cacheWrite1hNano),
  };
}

function ratesOf({ inputNano, outputNano, cacheReadNano, cacheWrite5mNano, cacheWrite1hNano }: Rates): Rates {
  return { inputNano, outputNano, cacheReadNano, cacheWrite5mNano, cacheWrite1hNano };
}

/** The longest life of what a call may write to a cache: dearer the longer it is. */
export type CacheWrites = '5m' | '1h';

/** The most that so many input and output tokens can cost: every input token at the dearest input rate. */
export function worstCost(
  price: Price,
  inputTokens: number,
  outputTokens: number,
  cacheWrites: CacheWrites = '1h',
): MicroUsd {
  return fromNano(worstNano(price, inputTokens, outputTokens, cacheWrites));
}

export function costOf(price: Price, usage: Usage): MicroUsd {
  return fromNano(nanoOf(price, usage));
}

function worstNano(
  price: Price,
  inputTokens: number,
  outputTokens: number,
  cacheWrites: CacheWrites = '1h',
): number {
  // A bound of the input that is long does not say that the input is.
  const isLong = price.long !== undefined && inputTokens > price.long.aboveTokens;
  const rates = isLong ? highest(price, price.long) : price;
  const dearest = Math.max(
    rates.inputNano,
    rates.cacheReadNano,
    rates.cacheWrite5mNano,
    cacheWrites === '1h' ? rates.cacheWrite1hNano : 0,
  );
  return inputTokens * dearest + outputTokens * rates.outputNano;
}

function nanoOf(price: Price, usage: Usage): number {
  const isLong = price.long !== undefined && inputTokensOf(usage) > price.long.aboveTokens;
  const rates = isLong ? price.long : price;
  const nano =
    usage.inputTokens * rates.inputNano +
    usage.outputTokens * rates.outputNano +
    usage.cacheReadTokens * rates.cacheReadNano +
    usage.cacheWrite5mTokens * rates.cacheWrite5mNano +
    usage.cacheWrite1hTokens * rates.cacheWrite1hNano;
  return usage.isBatch === true ? Math.ceil((nano * (price.batchPct ?? 100)) / 100) : nano;
}

/** Whether these figures can be counted exactly; no provider reports others, so others are as good as none. */
export function isCountable(price: Price, usage: Usage): boolean {
  const counts = [
    usage.inputTokens,
    usage.outputTokens,
    usage.cacheReadTokens,
    usage.cacheWrite5mTokens,
    usage.cacheWrite1hTokens,
  ];
  return (
    counts.every(isCount) &&
    Number.isSafeInteger(totalTokens(usage)) &&
    Number.isSafeInteger(nanoOf(price, { ...usage, isBatch: false }) * (usage.isBatch === true ? 100 : 1))
  );
}

/** Whether the worst case of such a call can be counted exactly. */
export function isBounded(price: Price, inputTokens: number, outputTokens: number): boolean {
  return (
    [inputTokens, outputTokens, inputTokens + outputTokens].every(isCount) &&
    Number.isSafeInteger(worstNano(price, inputTokens, outputTokens))
  );
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

export function totalTokens(usage: Usage): number {
  return inputTokensOf(usage) + usage.outputTokens;
}

function inputTokensOf(usage: Usage): number {
  return usage.inputTokens + usage.cacheReadTokens + usage.cacheWrite5mTokens + usage.cacheWrite1hTokens;
}

function fromNano(nano: number): MicroUsd {
  if (!Number.isSafeInteger(nano))
    throw new RangeError(`a cost of ${nano} nano-dollars can't be counted exactly`);
  return microUsd(Math.ceil(nano / 1_000));
}
