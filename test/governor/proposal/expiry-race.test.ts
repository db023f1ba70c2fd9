// Decisions and the sweep race around the very millisecond in which a proposal expires: whoever comes first, the proposal ends once, and
// its end agrees with the clock.
import { afterEach, beforeEach, expect, it } from 'vitest';
import { decideProposal } from '../../../src/governor/proposal/decide.ts';
import { expireOverdue } from '../../../src/governor/proposal/expire.ts';
import { readProposal } from '../../../src/store/read/proposals.ts';
import { counts } from '../../counts.ts';
import { seeded } from '../../scenario/load.ts';
import { decision, submitted } from '../acts.ts';
import { createFixture, type Fixture } from '../fixture.ts';
import { verifiedEvents } from '../record.ts';

const RACES = counts(40, 1_000);

let f: Fixture;
beforeEach(() => {
  f = createFixture();
});
afterEach(() => f.close());

it(`ends each of ${RACES} proposals once, a millisecond before, at, and after its expiry`, async () => {
  const { governor } = f.another();
  const random = seeded(5);
  const ends = { decided: 0, expired: 0 };
  for (let round = 0; round < RACES; round += 1) {
    const { expires_at_ms: endMs, ...proposal } = submitted(f, null, { payload: { round } });
    const before = { ...proposal, expires_at_ms: endMs };
    f.nowMs = endMs - 1;
    const racers = Array.from({ length: 8 }, async (_, racer) => {
      const own = random() < 0.4 ? governor : f.governor;
      // What commits later in the round may find the clock a millisecond or two further.
      if (random() < 0.3) f.nowMs = Math.min(endMs + 1, f.nowMs + 1);
      if (racer === 7) {
        await own.commit((tx) => expireOverdue(tx, 10));
        return false;
      }
      const input = decision(before, { decision: racer % 2 === 0 ? 'approve' : 'reject' });
      return (await own.commit((tx) => decideProposal(tx, input))).result === 'decided';
    });
    const won = (await Promise.all(racers)).filter((each) => each);
    f.nowMs = endMs + 1;
    f.governor.commitNow((tx) => expireOverdue(tx, 10));
    const end = readProposal(f.store, before.id);
    if (won.length > 0) {
      expect(won).toHaveLength(1);
      expect(['approved', 'rejected']).toContain(end?.status);
      expect(end?.decided_at_ms).toBeLessThan(endMs);
      ends.decided += 1;
    } else {
      expect(end).toMatchObject({ status: 'expired', decided_by_kind: 'timeout' });
      expect(end?.decided_at_ms).toBeGreaterThanOrEqual(endMs);
      ends.expired += 1;
    }
  }
  const events = verifiedEvents(f.store).map((event) => event.event_type);
  const recorded = (type: string): number => events.filter((each) => each === type).length;
  expect(recorded('proposal_decided')).toBe(ends.decided);
  expect(recorded('proposal_expired')).toBe(ends.expired);
  expect(Math.min(ends.decided, ends.expired)).toBeGreaterThan(0);
});
