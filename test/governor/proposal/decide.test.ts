import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { canonicalJson, payloadHash } from '../../../src/core/canonical.ts';
import { type DecideInput, decideProposal } from '../../../src/governor/proposal/decide.ts';
import { expireOverdue } from '../../../src/governor/proposal/expire.ts';
import { findOverdue, readNextExpiry, readProposal } from '../../../src/store/read/proposals.ts';
import { counts } from '../../counts.ts';
import { decide, decision, submitted } from '../acts.ts';
import { createFixture, type Fixture, rulesWith } from '../fixture.ts';
import { eventsOf, verifiedEvents } from '../record.ts';

const RACES = counts(40, 1_000);

let f: Fixture;
let runId: string;
beforeEach(() => {
  f = createFixture();
  runId = f.newRun();
});
afterEach(() => {
  verifiedEvents(f.store);
  f.close();
});

describe('a decision', () => {
  it.each([
    ['approve', 'approved'],
    ['reject', 'rejected'],
  ] as const)('to %s is recorded with who took it, how, and on which payload', (wanted, status) => {
    const proposal = submitted(f, runId);
    f.nowMs += 5;
    const answer = decide(f, proposal, {
      decision: wanted,
      note: 'because',
      via: 'dashboard',
      actor: { kind: 'operator', id: 'ses_1' },
    });
    expect(answer).toMatchObject({
      result: 'decided',
      proposal: {
        status,
        decided_by_kind: 'operator',
        decided_by_id: 'ses_1',
        decided_via: 'dashboard',
        note: 'because',
        decided_at_ms: f.nowMs,
      },
    });
    expect(eventsOf(f.store, 'proposal_decided')).toMatchObject([
      {
        actor: { kind: 'operator', id: 'ses_1' },
        proposal_id: proposal.id,
        payload: { status, proposal_payload_hash: proposal.payload_hash },
      },
    ]);
  });

  it('is taken once: of eight at once, in one group and over two connections, exactly one counts', async () => {
    const { governor } = f.another();
    for (let round = 0; round < RACES; round += 1) {
      const proposal = submitted(f, runId, { payload: { round } });
      const racers = Array.from({ length: 8 }, (_, index) => {
        const input = decision(proposal, {
          decision: index % 2 === 0 ? 'approve' : 'reject',
          note: `racer ${index}`,
        });
        return (index % 3 === 0 ? governor : f.governor).commit((tx) => decideProposal(tx, input));
      });
      const answers = await Promise.all(racers);
      const won = answers.flatMap((answer) => (answer.result === 'decided' ? [answer.proposal] : []));
      expect(won).toHaveLength(1);
      expect(readProposal(f.store, proposal.id)).toEqual(won[0]);
      const lost = answers.flatMap((answer) => (answer.result === 'refused' ? [answer.code] : []));
      expect(new Set(lost)).toEqual(new Set(['already_decided']));
    }
    expect(eventsOf(f.store, 'proposal_decided')).toHaveLength(RACES);
  });

  it('counts in the last millisecond before the proposal expires, and not in the next', () => {
    const [first, second] = [submitted(f, runId), submitted(f, runId)];
    f.nowMs = first.expires_at_ms - 1;
    expect(decide(f, first)).toMatchObject({ result: 'decided' });
    f.nowMs += 1;
    expect(decide(f, second)).toMatchObject({ result: 'refused', code: 'expired' });
    expect(readProposal(f.store, second.id)).toMatchObject({ status: 'expired', decided_by_kind: 'timeout' });
    expect(decide(f, second)).toMatchObject({ code: 'expired' });
    expect(eventsOf(f.store, 'proposal_expired')).toHaveLength(1);
  });

  it('still comes too late when the clock goes back after the expiry was seen', () => {
    const proposal = submitted(f, runId);
    f.nowMs = proposal.expires_at_ms;
    submitted(f, runId);
    f.nowMs -= 30_000;
    expect(decide(f, proposal)).toMatchObject({ code: 'expired' });
  });

  it('on another payload than the one that waits is refused, and nothing changes', () => {
    const proposal = submitted(f, runId);
    const wrong = decide(f, proposal, { payloadHash: payloadHash({ to: 'b' }) });
    expect(wrong).toMatchObject({
      code: 'payload_changed',
      detail: expect.stringContaining(proposal.payload_hash) as string,
    });
    expect(readProposal(f.store, proposal.id)).toEqual(proposal);
  });

  it('on no proposal is refused', () => {
    expect(decide(f, { ...submitted(f, runId), id: 'prp_x' })).toMatchObject({ code: 'not_found' });
  });
});

describe('an edit', () => {
  const edited = { to: 'b@example.org', body: 'shorter' };

  it('approves the new payload under its own hash, and keeps the first one and its hash', () => {
    const proposal = submitted(f, runId);
    const answer = decide(f, proposal, { editedPayload: { value: edited } });
    expect(answer).toMatchObject({
      proposal: {
        status: 'approved',
        payload: canonicalJson(edited),
        payload_hash: payloadHash(edited),
        original_payload: proposal.payload,
        original_payload_hash: proposal.payload_hash,
      },
    });
    expect(eventsOf(f.store, 'proposal_decided')[0]?.payload).toMatchObject({
      proposal_payload_hash: payloadHash(edited),
      original_payload_hash: proposal.payload_hash,
    });
  });

  it('that changes nothing is no edit', () => {
    const proposal = submitted(f, runId);
    const answer = decide(f, proposal, { editedPayload: { value: JSON.parse(proposal.payload) as unknown } });
    expect(answer).toMatchObject({
      proposal: { original_payload: null, payload_hash: proposal.payload_hash },
    });
  });

  it.each<[string, string, Partial<DecideInput>]>([
    ['together with a rejection', 'edit_of_rejected', { decision: 'reject' }],
    ['on another payload', 'payload_changed', { payloadHash: 'f'.repeat(64) }],
  ])('%s is refused and changes nothing', (_, code, over) => {
    const proposal = submitted(f, runId);
    expect(decide(f, proposal, { editedPayload: { value: edited }, ...over })).toMatchObject({ code });
    expect(readProposal(f.store, proposal.id)).toEqual(proposal);
  });

  it('that comes too late changes nothing but the expiry', () => {
    const proposal = submitted(f, runId);
    f.nowMs = proposal.expires_at_ms;
    expect(decide(f, proposal, { editedPayload: { value: edited } })).toMatchObject({ code: 'expired' });
    expect(readProposal(f.store, proposal.id)).toMatchObject({
      payload: proposal.payload,
      original_payload: null,
    });
  });

  it('can not make an action pass that the rules deny by now', () => {
    const proposal = submitted(f, runId, { actionType: 'other' });
    f.rules = rulesWith({ policy: { ...f.rules.policy, defaultEffect: 'deny' } });
    expect(decide(f, proposal, { editedPayload: { value: edited } })).toMatchObject({
      code: 'denied_by_rule',
    });
    expect(readProposal(f.store, proposal.id)).toEqual(proposal);
  });
});

describe('what nobody decides', () => {
  it('expires by the clock of the server at its millisecond, whoever asks or nobody', () => {
    const [first, second] = [submitted(f, runId, { expiresAtMs: f.nowMs + 10 }), submitted(f, runId)];
    expect(readNextExpiry(f.store)).toBe(first.expires_at_ms);
    f.nowMs += 9;
    expect(f.governor.commitNow((tx) => expireOverdue(tx, 10))).toBe(0);
    f.nowMs += 1;
    expect(findOverdue(f.store, f.nowMs, 10)).toEqual([first.id]);
    expect(f.governor.commitNow((tx) => expireOverdue(tx, 10))).toBe(1);
    expect(f.governor.commitNow((tx) => expireOverdue(tx, 10))).toBe(0);
    expect(readNextExpiry(f.store)).toBe(second.expires_at_ms);
    expect(readProposal(f.store, first.id)?.status).toBe('expired');
  });

  it('expires at most so many at a time, the longest overdue first', () => {
    const all = [30, 10, 20].map((ms) => submitted(f, runId, { expiresAtMs: f.nowMs + ms }));
    f.nowMs += 100;
    expect(f.governor.commitNow((tx) => expireOverdue(tx, 2))).toBe(2);
    expect(all.map(({ id }) => readProposal(f.store, id)?.status)).toEqual(['pending', 'expired', 'expired']);
    expect(f.governor.commitNow((tx) => expireOverdue(tx, 2))).toBe(1);
    expect(readNextExpiry(f.store)).toBeNull();
  });
});
