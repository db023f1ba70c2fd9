// A provider, or a router in its place, may answer by another model than was asked for: it is never booked below what that one costs.
import { afterEach, expect, it } from 'vitest';
import type { Price } from '../../../src/core/ledger/price.ts';
import { settle } from '../../../src/governor/ledger/settle.ts';
import { NO_TOKENS, reserved } from '../acts.ts';
import { createFixture, type Fixture } from '../fixture.ts';
import { eventsOf, verifiedEvents } from '../record.ts';

let f: Fixture;
afterEach(() => {
  verifiedEvents(f.store);
  f.close();
});

const at = (nano: number): Price => ({
  inputNano: nano,
  outputNano: nano,
  cacheReadNano: nano,
  cacheWrite5mNano: nano,
  cacheWrite1hNano: nano,
});

it.each([
  ['one that is dearer, at its own price', 'dear', 5_000],
  ['a dated name of it, the same', 'dear-2026-01-01', 5_000],
  ['one that is cheaper, at what was asked for', 'cheap', 1_000],
  ['one that nobody knows, at what was asked for', 'unheard-of', 1_000],
])('is booked, for %s', (_what, answeredBy, postedUsd) => {
  f = createFixture();
  const models = new Map<string, Price>([...f.rules.prices.models, ['dear', at(5_000)], ['cheap', at(1)]]);
  f.rules = { ...f.rules, prices: { unknownModel: 'worst', models } };
  const runId = f.newRun();
  const reservationId = reserved(f, runId, 'a');
  const usage = { ...NO_TOKENS, inputTokens: 1_000 };
  const closed = f.governor.commitNow((tx) =>
    settle(tx, { runId, reservationId, usage, answeredBy, outcome: 'complete' }),
  );
  expect(closed).toMatchObject({ postedUsd });
  expect(eventsOf(f.store, 'llm_call_settled')[0]?.payload).toMatchObject({ answered_by: answeredBy });
});
