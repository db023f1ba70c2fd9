import { afterEach, expect, it } from 'vitest';
import { SHIPPED_PRICES } from '../../../src/core/ledger/shipped-prices.ts';
import { reserveCall, settleCall } from '../acts.ts';
import { createFixture, type Fixture, rulesWith } from '../fixture.ts';

let f: Fixture;
afterEach(() => f.close());

const CALL = { model: 'claude-sonnet-4-5-20250929', outputTokens: 1_000, cacheWrites: '5m' } as const;

function reserved(inputTokens: number): {
  readonly runId: string;
  readonly id: string;
  readonly usd: number;
} {
  const runId = f.newRun();
  const made = reserveCall(f, runId, 'a', { ...CALL, inputTokens });
  if (made.result !== 'reserved') throw new Error(made.detail);
  return { runId, id: made.reservationId, usd: made.usd };
}

it('a call whose input may be long is reserved at the price of long ones, and settled at that of its real length', () => {
  f = createFixture(rulesWith({ prices: { unknownModel: 'refuse', models: SHIPPED_PRICES } }));
  // $3.75 and $15 a million tokens up to 200,000 tokens of input; $7.50 and $22.50 above.
  expect(reserved(200_000).usd).toBe(750_000 + 15_000);
  const long = reserved(200_001);
  expect(long.usd).toBe(Math.ceil(200_001 * 7.5) + 22_500);
  expect(settleCall(f, long.runId, long.id, { inputTokens: 150_000, outputTokens: 500 })).toMatchObject({
    postedUsd: 450_000 + 7_500,
  });
  const really = reserved(300_000);
  const usage = { inputTokens: 100_000, cacheReadTokens: 150_000, outputTokens: 500 };
  expect(settleCall(f, really.runId, really.id, usage)).toMatchObject({
    postedUsd: 600_000 + 90_000 + 11_250,
  });
});

it('a model that nobody knows is reserved at the worst of all prices, long ones too, where the rules say so', () => {
  const models = SHIPPED_PRICES;
  f = createFixture(rulesWith({ prices: { unknownModel: 'worst', models } }));
  const runId = f.newRun();
  const made = reserveCall(f, runId, 'a', {
    model: 'nobody-knows-it',
    inputTokens: 1_000,
    outputTokens: 100,
  });
  // gpt-5.5-pro reads and answers at the dearest rates there are.
  expect(made).toMatchObject({ result: 'reserved', usd: 60_000 + 27_000 });
  f.rules = { ...f.rules, prices: { unknownModel: 'refuse', models } };
  expect(reserveCall(f, runId, 'b', { model: 'nobody-knows-it' })).toMatchObject({ code: 'unpriced' });
});
