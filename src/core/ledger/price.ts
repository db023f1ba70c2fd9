// Prices of model tokens in integer nano-dollars a token ($1 per million tokens is 1,000), and the cost of a usage, rounded up
// once a call. A model without a price is not free: it is refused, or reserved at the worst price known.
import { type MicroUsd, microUsd } from './money.ts';

export interface Price {
  readonly inputNano: number;
  readonly outputNano: number;
  readonly cacheReadNano: number;
  readonly cacheWrite5mNano: number;
  readonly cacheWrite1hNano: number;
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
}

/** The price of a model by its exact name, else without a trailing date ("-20250929"), else by policy of the table. */
export function priceOf(table: PriceTable, model: string): Price | null {
  const exact = table.models.get(model) ?? table.models.get(model.replace(/-\d{8}$/, ''));
  if (exact !== undefined) return exact;
  return table.unknownModel === 'worst' ? worstPrice(table) : null;
}

/** Every rate at the highest that the table knows. */
export function worstPrice(table: PriceTable): Price | null {
  const all = [...table.models.values()];
  if (all.length === 0) return null;
  const highest = (pick: (price: Price) => number): number => Math.max(...all.map(pick));
  return {
    inputNano: highest((p) => p.inputNano),
    outputNano: highest((p) => p.outputNano),
    cacheReadNano: highest((p) => p.cacheReadNano),
    cacheWrite5mNano: highest((p) => p.cacheWrite5mNano),
    cacheWrite1hNano: highest((p) => p.cacheWrite1hNano),
  };
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
  const dearest = Math.max(
    price.inputNano,
    price.cacheReadNano,
    price.cacheWrite5mNano,
    cacheWrites === '1h' ? price.cacheWrite1hNano : 0,
  );
  return inputTokens * dearest + outputTokens * price.outputNano;
}

function nanoOf(price: Price, usage: Usage): number {
  return (
    usage.inputTokens * price.inputNano +
    usage.outputTokens * price.outputNano +
    usage.cacheReadTokens * price.cacheReadNano +
    usage.cacheWrite5mTokens * price.cacheWrite5mNano +
    usage.cacheWrite1hTokens * price.cacheWrite1hNano
  );
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
    Number.isSafeInteger(nanoOf(price, usage))
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
  return (
    usage.inputTokens +
    usage.outputTokens +
    usage.cacheReadTokens +
    usage.cacheWrite5mTokens +
    usage.cacheWrite1hTokens
  );
}

function fromNano(nano: number): MicroUsd {
  if (!Number.isSafeInteger(nano))
    throw new RangeError(`a cost of ${nano} nano-dollars can't be counted exactly`);
  return microUsd(Math.ceil(nano / 1_000));
}
