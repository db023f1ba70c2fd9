// The prices that come with the package, so that a first run needs no table of its own. Anthropic's list prices for ordinary
// requests as of the date below; a discount or a surcharge (long context, priority, region) is for [prices] in governed.toml to say.
import type { Price } from './price.ts';

export const SHIPPED_PRICES_AS_OF = '2026-04-01';

/** Anthropic's multipliers over the input price: reading a cache 0.1, writing it for five minutes 1.25, for an hour 2. */
function anthropic(inputUsdPerMtok: number, outputUsdPerMtok: number): Price {
  const inputNano = Math.round(inputUsdPerMtok * 1_000);
  return {
    inputNano,
    outputNano: Math.round(outputUsdPerMtok * 1_000),
    cacheReadNano: Math.ceil(inputNano / 10),
    cacheWrite5mNano: Math.ceil((inputNano * 5) / 4),
    cacheWrite1hNano: inputNano * 2,
  };
}

export const SHIPPED_PRICES: ReadonlyMap<string, Price> = new Map([
  ['claude-opus-4-6', anthropic(5, 25)],
  ['claude-opus-4-5', anthropic(5, 25)],
  ['claude-opus-4-1', anthropic(15, 75)],
  ['claude-opus-4-0', anthropic(15, 75)],
  ['claude-opus-4', anthropic(15, 75)],
  ['claude-sonnet-4-6', anthropic(3, 15)],
  ['claude-sonnet-4-5', anthropic(3, 15)],
  ['claude-sonnet-4-0', anthropic(3, 15)],
  ['claude-sonnet-4', anthropic(3, 15)],
  ['claude-haiku-4-5', anthropic(1, 5)],
  ['claude-3-7-sonnet', anthropic(3, 15)],
  ['claude-3-7-sonnet-latest', anthropic(3, 15)],
  ['claude-3-5-haiku', anthropic(0.8, 4)],
  ['claude-3-5-haiku-latest', anthropic(0.8, 4)],
]);
