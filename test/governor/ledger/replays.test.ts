import { afterEach, expect, it } from 'vitest';
import { OperationError } from '../../../src/core/fault.ts';
import { microUsd } from '../../../src/core/ledger/money.ts';
import type { Governor } from '../../../src/governor/governor.ts';
import { charge } from '../../../src/governor/ledger/charge.ts';
import { reserve } from '../../../src/governor/ledger/reserve.ts';
import { settle } from '../../../src/governor/ledger/settle.ts';
import type { Transaction } from '../../../src/governor/transaction.ts';
import { readBalance } from '../../../src/store/read/ledger.ts';
import { counts, isProving } from '../../counts.ts';
import { createFixture, type Fixture } from '../fixture.ts';
import { eventsOf, verifiedEvents } from '../record.ts';

const REPLAYS = counts(60, 1_000);
/** Each is said so many times, by two processes' worth of governors at once. */
const TIMES = 4;

let f: Fixture;
afterEach(() => f.close());

async function insist<T>(governor: Governor, act: (tx: Transaction) => T): Promise<T> {
  for (;;) {
    try {
      return await governor.commit(act);
    } catch (error) {
      if (!(error instanceof OperationError) || error.code !== 'store_busy') throw error;
    }
  }
}

it(`${REPLAYS} calls and ${REPLAYS} charges, each said ${TIMES} times at once: booked once`, {
  timeout: counts(60_000, 600_000),
}, async () => {
  f = createFixture();
  const governors = [f.governor, f.another(20).governor];
  const runId = f.newRun();
  const times = <T>(act: (tx: Transaction, time: number) => T): Promise<T[]> =>
    Promise.all(
      Array.from({ length: TIMES }, (_, time) =>
        insist(governors[time % governors.length] ?? f.governor, (tx) => act(tx, time)),
      ),
    );
  let due = 0;
  for (let n = 0; n < REPLAYS; n += 1) {
    const call = { provider: 'p', model: 'm', inputTokens: 1_000, outputTokens: 100 };
    const made = await times((tx) => reserve(tx, { ...call, runId, idempotencyKey: `r${n}` }));
    const ids = new Set(made.map((each) => (each.result === 'reserved' ? each.reservationId : each.code)));
    expect(ids.size).toBe(1);
    const [reservationId = ''] = ids;
    // A replay that says something else changes nothing: what was booked first stands.
    const closed = await times((tx, time) =>
      settle(tx, {
        runId,
        reservationId,
        outcome: 'complete',
        usage: {
          inputTokens: 100 + time,
          outputTokens: 10,
          cacheReadTokens: 0,
          cacheWrite5mTokens: 0,
          cacheWrite1hTokens: 0,
        },
      }),
    );
    const posted = new Set(closed.map((each) => (each.result === 'closed' ? each.postedUsd : each.code)));
    expect(posted.size).toBe(1);
    due += Number([...posted][0]);
    const tool = { runId, agentId: 'noop', usd: microUsd(7), tokens: 0, tool: 't', idempotencyKey: `c${n}` };
    const charged = await times((tx) => charge(tx, tool));
    expect(charged.filter((each) => each.result === 'charged' && !each.replayed)).toHaveLength(1);
    due += 7;
  }
  for (const scope of [`run:${runId}`, 'agent:noop', 'project']) {
    expect(readBalance(f.store, scope)).toMatchObject({
      posted_usd: due,
      reserved_usd: 0,
      posted_llm_calls: REPLAYS,
      posted_tool_calls: REPLAYS,
    });
  }
  expect(eventsOf(f.store, 'llm_call_settled')).toHaveLength(REPLAYS);
  expect(eventsOf(f.store, 'budget_charge')).toHaveLength(REPLAYS);
  verifiedEvents(f.store);
  if (isProving) process.stderr.write(`${REPLAYS * 2} things said ${TIMES} times each: booked once\n`);
});
