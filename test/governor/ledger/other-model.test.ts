// A provider, or a router in its place, may answer by another model than was asked for: it is never booked below what that one costs.
import { afterEach, expect, it } from 'vitest';
import type { Price } from '../../../src/core/ledger/price.ts';
import { settle } from '../../../src/governor/ledger/settle.ts';
import { readRun } from '../../../src/store/read/runs.ts';
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

/** A call of 1,000 tokens is made under these prices and answered by another model. */
function answeredBy(
  name: string,
  unknownModel: 'worst' | 'refuse',
  prices: Readonly<Record<string, number>>,
  asked: { readonly model?: string } = {},
) {
  f = createFixture();
  const own = Object.entries(prices).map(([model, nano]) => [model, at(nano)] as const);
  const models = new Map<string, Price>([...f.rules.prices.models, ...own]);
  f.rules = { ...f.rules, prices: { unknownModel, models } };
  const runId = f.newRun();
  const reservationId = reserved(f, runId, 'a', asked);
  const usage = { ...NO_TOKENS, inputTokens: 1_000 };
  const closed = f.governor.commitNow((tx) =>
    settle(tx, { runId, reservationId, usage, answeredBy: name, outcome: 'complete' }),
  );
  return { closed, runId };
}

it.each([
  ['one that is dearer, at its own price', 'dear', 5_000, false],
  ['a dated name of it, the same', 'dear-2026-01-01', 5_000, false],
  ['its name with its maker before it, the same', 'maker/dear-2026-01-01', 5_000, false],
  ['its name with a tag, the same', 'dear:latest', 5_000, false],
  ['one that is cheaper, at what was asked for', 'cheap', 1_000, false],
  ['another name of what was asked for, at what was asked for', 'maker/m-20260101', 1_000, false],
  ['a name of it that has no price, at what was asked for', 'M-0613', 1_000, false],
  ['one that nobody knows, at the dearest, and it is said', 'unheard-of', 5_000, true],
])('is booked, for %s', (_what, name, postedUsd, isTold) => {
  const { closed } = answeredBy(name, 'worst', { dear: 5_000, cheap: 1 });
  expect(closed).toMatchObject({ postedUsd });
  const facts = eventsOf(f.store, 'llm_call_settled')[0]?.payload;
  expect(facts).toMatchObject({ answered_by: name });
  const said = [closed, facts].map((one) => Object(one));
  expect(said.map(({ standIn, answered_by_unpriced }) => standIn ?? answered_by_unpriced)).toEqual(
    isTold ? [{ asked: 'm', answeredBy: name, isAtDearest: true }, true] : [undefined, undefined],
  );
});

it('says nothing of who answered where the dearest price is booked already', () => {
  const { closed } = answeredBy('unheard-of', 'worst', {}, { model: 'nobody-knows-it' });
  expect(closed).not.toHaveProperty('standIn');
});

it('is booked as what was asked for where the rules refuse models without a price, and it is said', () => {
  const { closed, runId } = answeredBy('unheard-of', 'refuse', { dear: 5_000 });
  const standIn = { asked: 'm', answeredBy: 'unheard-of', isAtDearest: false };
  expect(closed).toMatchObject({ postedUsd: 1_000, standIn });
  expect(readRun(f.store, runId)).toMatchObject({ pause_reason: null });
});

it('stops the run, and says what to do, where the dearest price is more than was reserved', () => {
  const { closed, runId } = answeredBy('un\nheard', 'worst', { dear: 50_000 });
  expect(closed).toMatchObject({ postedUsd: 50_000 });
  expect(eventsOf(f.store, 'llm_call_settled')[0]?.payload).toMatchObject({ over_reservation: true });
  expect(readRun(f.store, runId)).toMatchObject({
    status: 'paused',
    pause_source: 'overspend',
    pause_reason:
      'a call cost $0.05, more than the $0.003 reserved for it: un⟨U+000A⟩heard answered where m was asked for, and has no price, so it is booked at the dearest; give it its own with [prices."un⟨U+000A⟩heard"] in governed.toml, then `governed-agents accept`',
  });
});
