// The prices that come with the package, so that a first run needs no table of its own. Anthropic's and OpenAI's list prices
// for ordinary requests as of the date below; a discount or a surcharge (long context, priority, region) is for [prices] in governed.toml to say.
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

/** Cached input has a price of its own with OpenAI; writing it costs what sending it does. */
function openai(inputUsdPerMtok: number, cachedUsdPerMtok: number, outputUsdPerMtok: number): Price {
  const inputNano = Math.round(inputUsdPerMtok * 1_000);
  return {
    inputNano,
    outputNano: Math.round(outputUsdPerMtok * 1_000),
    cacheReadNano: Math.round(cachedUsdPerMtok * 1_000),
    cacheWrite5mNano: inputNano,
    cacheWrite1hNano: inputNano,
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
  ['gpt-5.2', openai(1.75, 0.175, 14)],
  ['gpt-5.1', openai(1.25, 0.125, 10)],
  ['gpt-5.1-codex', openai(1.25, 0.125, 10)],
  ['gpt-5.1-codex-mini', openai(0.25, 0.025, 2)],
  ['gpt-5', openai(1.25, 0.125, 10)],
  ['gpt-5-codex', openai(1.25, 0.125, 10)],
  ['gpt-5-mini', openai(0.25, 0.025, 2)],
  ['gpt-5-nano', openai(0.05, 0.005, 0.4)],
  ['gpt-4.1', openai(2, 0.5, 8)],
  ['gpt-4.1-mini', openai(0.4, 0.1, 1.6)],
  ['gpt-4.1-nano', openai(0.1, 0.025, 0.4)],
  ['gpt-4o', openai(2.5, 1.25, 10)],
  ['gpt-4o-mini', openai(0.15, 0.075, 0.6)],
  ['o3', openai(2, 0.5, 8)],
  ['o4-mini', openai(1.1, 0.275, 4.4)],
]);
