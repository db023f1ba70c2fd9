// The prices that come with the package, so that a first run needs no table of its own. Anthropic's and OpenAI's list prices for ordinary
// requests as of the date below; a discount or a surcharge (priority, fast mode, region) is for [prices] in governed.toml to say. Where a list
// price was lowered and raised within the months before, the higher one stands here. The dearest of what is sold bounds what a model
// without a price may cost.
import type { Price, Rates } from './price.ts';

export const SHIPPED_PRICES_AS_OF = '2026-11-05';

/** Both providers take half the price for a batch. */
const BATCH_PCT = 50;

interface List {
  /** Dollars a million tokens. */
  readonly input: number;
  readonly output: number;
  readonly cacheRead: number;
}

/** Anthropic's multipliers over the input price: writing a cache for five minutes 1.25, for an hour 2. */
function anthropicRates({ input, output, cacheRead }: List): Rates {
  return {
    inputNano: nano(input),
    outputNano: nano(output),
    cacheReadNano: nano(cacheRead),
    cacheWrite5mNano: nano(input * 1.25),
    cacheWrite1hNano: nano(input * 2),
  };
}

function anthropic(input: number, output: number, cacheRead = input / 10): Price {
  return { ...anthropicRates({ input, output, cacheRead }), batchPct: BATCH_PCT };
}

/** Dearer above a length of the whole input. */
function anthropicTiers(short: List, aboveTokens: number, long: List): Price {
  return {
    ...anthropicRates(short),
    long: { aboveTokens, ...anthropicRates(long) },
    batchPct: BATCH_PCT,
  };
}

/** Cached input has a price of its own with OpenAI; in models that don't charge for writing a cache, it costs what sending does. */
function openai(input: number, cacheRead: number, output: number, writes: 'free' | 'paid' = 'free'): Price {
  const [short, long] = writes === 'paid' ? [1.25, 2.5] : [1, 1];
  return {
    inputNano: nano(input),
    outputNano: nano(output),
    cacheReadNano: nano(cacheRead),
    cacheWrite5mNano: nano(input * short),
    cacheWrite1hNano: nano(input * long),
    batchPct: BATCH_PCT,
  };
}

/** Cached input costs what any other does. */
function openaiUncached(input: number, output: number): Price {
  return openai(input, input, output);
}

/** Above 272,000 tokens of input: twice the price of all input, half as much again of the output. */
function openaiTiers(input: number, cacheRead: number, output: number, writes: 'free' | 'paid'): Price {
  const { batchPct: _, ...long } = openai(input * 2, cacheRead * 2, output * 1.5, writes);
  return { ...openai(input, cacheRead, output, writes), long: { aboveTokens: 272_000, ...long } };
}

/** Rounded up, after what a binary fraction adds to a decimal one is gone. */
function nano(usdPerMtok: number): number {
  return Math.ceil(Math.round(usdPerMtok * 1e6) / 1e3);
}

const SONNET_4 = anthropicTiers({ input: 3, output: 15, cacheRead: 0.3 }, 200_000, {
  input: 6,
  output: 22.5,
  cacheRead: 0.6,
});

export const SHIPPED_PRICES: ReadonlyMap<string, Price> = new Map([
  ['claude-fable-5-1', anthropic(10, 50, 0.25)],
  ['claude-mythos-5-1', anthropic(10, 50, 0.25)],
  ['claude-fable-5', anthropic(10, 50)],
  ['claude-mythos-5', anthropic(10, 50)],
  ['claude-opus-5-5', anthropic(4, 20, 0.2)],
  ['claude-opus-5', anthropic(5, 25)],
  ['claude-opus-4-8', anthropic(5, 25)],
  ['claude-opus-4-7', anthropic(5, 25)],
  ['claude-opus-4-6', anthropic(5, 25)],
  ['claude-opus-4-5', anthropic(5, 25)],
  ['claude-opus-4-1', anthropic(15, 75)],
  ['claude-opus-4-0', anthropic(15, 75)],
  ['claude-opus-4', anthropic(15, 75)],
  ['claude-sonnet-5-5', anthropic(2, 10, 0.1)],
  ['claude-sonnet-5', anthropic(2, 10)],
  ['claude-sonnet-4-6', anthropic(3, 15)],
  ['claude-sonnet-4-5', SONNET_4],
  ['claude-sonnet-4-0', SONNET_4],
  ['claude-sonnet-4', SONNET_4],
  [
    'claude-haiku-5-5',
    anthropicTiers({ input: 0.1, output: 0.5, cacheRead: 0.01 }, 100_000, {
      input: 0.5,
      output: 2.5,
      cacheRead: 0.05,
    }),
  ],
  ['claude-haiku-4-5', anthropic(1, 5)],
  ['claude-3-7-sonnet', anthropic(3, 15)],
  ['claude-3-7-sonnet-latest', anthropic(3, 15)],
  ['claude-3-5-haiku', anthropic(0.8, 4)],
  ['claude-3-5-haiku-latest', anthropic(0.8, 4)],
  ['gpt-6-astra', openaiTiers(10, 1, 50, 'paid')],
  ['gpt-6.1-sol', openaiTiers(2, 0.1, 10, 'paid')],
  ['gpt-6.1-terra', openaiTiers(1, 0.05, 5, 'paid')],
  ['gpt-6-sol', openaiTiers(2, 0.2, 10, 'paid')],
  ['gpt-6-luna', openaiTiers(0.1, 0.01, 0.5, 'paid')],
  ['gpt-5.6', openaiTiers(5, 0.5, 30, 'paid')],
  ['gpt-5.6-sol', openaiTiers(5, 0.5, 30, 'paid')],
  ['gpt-5.6-terra', openaiTiers(2, 0.2, 12, 'paid')],
  ['gpt-5.6-luna', openaiTiers(0.2, 0.02, 1.2, 'paid')],
  ['gpt-5.5-pro', openaiTiers(30, 30, 180, 'free')],
  ['gpt-5.5', openaiTiers(5, 0.5, 30, 'free')],
  ['gpt-5.4-pro', openaiTiers(30, 30, 180, 'free')],
  ['gpt-5.4', openaiTiers(2.5, 0.25, 15, 'free')],
  ['gpt-5.4-mini', openai(0.75, 0.075, 4.5)],
  ['gpt-5.4-nano', openai(0.2, 0.02, 1.25)],
  ['gpt-5.3-codex', openai(1.75, 0.175, 14)],
  ['gpt-5.2-pro', openaiUncached(21, 168)],
  ['gpt-5.2', openai(1.75, 0.175, 14)],
  ['gpt-5.2-codex', openai(1.75, 0.175, 14)],
  ['gpt-5.1', openai(1.25, 0.125, 10)],
  ['gpt-5.1-codex', openai(1.25, 0.125, 10)],
  ['gpt-5.1-codex-max', openai(1.25, 0.125, 10)],
  ['gpt-5.1-codex-mini', openai(0.25, 0.025, 2)],
  ['gpt-5-pro', openaiUncached(15, 120)],
  ['gpt-5', openai(1.25, 0.125, 10)],
  ['gpt-5-codex', openai(1.25, 0.125, 10)],
  ['gpt-5-mini', openai(0.25, 0.025, 2)],
  ['gpt-5-nano', openai(0.05, 0.005, 0.4)],
  ['gpt-4.1', openai(2, 0.5, 8)],
  ['gpt-4.1-mini', openai(0.4, 0.1, 1.6)],
  ['gpt-4.1-nano', openai(0.1, 0.025, 0.4)],
  ['gpt-4o', openai(2.5, 1.25, 10)],
  // Twice the price of those that followed it under the name.
  ['gpt-4o-2024-05-13', openai(5, 5, 15)],
  ['gpt-4o-mini', openai(0.15, 0.075, 0.6)],
  ['o3-pro', openaiUncached(20, 80)],
  ['o3', openai(2, 0.5, 8)],
  ['o4-mini', openai(1.1, 0.275, 4.4)],
]);
