import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { payloadHash } from '../../../src/core/canonical.ts';
import { InputError } from '../../../src/core/fault.ts';
import { MAX_PENDING_PER_RUN } from '../../../src/governor/proposal/judge-proposal.ts';
import { endRun } from '../../../src/governor/run/end-run.ts';
import { readAgent } from '../../../src/store/read/agents.ts';
import { readProposal } from '../../../src/store/read/proposals.ts';
import { readRun } from '../../../src/store/read/runs.ts';
import { decide, OPERATOR, submit, submitted } from '../acts.ts';
import { createFixture, type Fixture, rulesWith } from '../fixture.ts';
import { eventsOf, typesOf, verifiedEvents } from '../record.ts';

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

describe('a proposal', () => {
  it('waits for a person, with the canonical payload and a hash that anyone can make', () => {
    const payload = { to: 'a', amount: 1.5, __proto__: null, list: [1] };
    const proposal = submitted(f, runId, { payload });
    expect(proposal).toMatchObject({
      status: 'pending',
      rule: 'never_auto_approve',
      agent_id: 'noop',
      run_id: runId,
    });
    expect(proposal.payload_hash).toBe(payloadHash(payload));
    expect(proposal.expires_at_ms).toBe(f.nowMs + 60_000);
    expect(typesOf(f.store).at(-1)).toBe('proposal_submitted');
  });

  it('passes at once when its action is in auto_approve, and is denied at once when the default says so', () => {
    expect(submitted(f, runId, { actionType: 'research_only' })).toMatchObject({
      status: 'auto-approved',
      decided_by_kind: 'policy',
    });
    f.rules = rulesWith({ policy: { ...f.rules.policy, defaultEffect: 'deny' } });
    expect(submitted(f, runId, { actionType: 'unheard_of' })).toMatchObject({
      status: 'denied',
      decided_by_id: 'defaults',
    });
    expect(eventsOf(f.store, 'proposal_decided').map(({ payload }) => payload['status'])).toEqual([
      'auto-approved',
      'denied',
    ]);
    expect(readAgent(f.store, 'noop')).toMatchObject({
      proposals: 2,
      proposals_pending: 0,
      proposals_approved: 1,
      proposals_refused: 1,
    });
  });

  it('waits although its action is in auto_approve when the agent calls it irreversible or asks for a person', () => {
    const auto = { actionType: 'research_only' };
    expect(submitted(f, runId, { ...auto, reversible: false }).status).toBe('pending');
    expect(submitted(f, runId, { ...auto, requiresApproval: true }).status).toBe('pending');
    expect(submitted(f, runId, { ...auto, reversible: true, requiresApproval: false }).status).toBe(
      'auto-approved',
    );
  });

  it('that asks to pass without a person where one is always asked is refused and flagged', () => {
    expect(submit(f, runId, { requiresApproval: false })).toMatchObject({ code: 'self_approve_blocked' });
    expect(eventsOf(f.store, 'audit_flag_self_approve_attempt')).toMatchObject([
      { agent_id: 'noop', run_id: runId, payload: { action_type: 'send_email' } },
    ]);
    expect(readAgent(f.store, 'noop')).toMatchObject({ flags: 1, proposals: 0 });
  });

  it('may shorten its time, never lengthen it, and not end before it began', () => {
    expect(submitted(f, runId, { expiresAtMs: f.nowMs + 1 }).expires_at_ms).toBe(f.nowMs + 1);
    expect(submitted(f, runId, { expiresAtMs: f.nowMs + 1e9 }).expires_at_ms).toBe(f.nowMs + 60_000);
    expect(submit(f, runId, { expiresAtMs: f.nowMs })).toMatchObject({ code: 'expires_in_past' });
  });

  it('is the same one for the same key, whatever became of it, and refused under that key with other content', () => {
    const first = submitted(f, runId, { idempotencyKey: 'k' });
    decide(f, first);
    expect(submit(f, runId, { idempotencyKey: 'k' })).toMatchObject({
      replayed: true,
      proposal: { id: first.id, status: 'approved' },
    });
    for (const other of [
      { payload: { to: 'b' } },
      { actionType: 'charge_card' },
      { expectedOutcome: 'other' },
    ]) {
      expect(submit(f, runId, { idempotencyKey: 'k', ...other })).toMatchObject({
        code: 'idempotency_conflict',
      });
    }
    expect(submit(f, f.newRun(), { idempotencyKey: 'k' })).toMatchObject({ replayed: false });
    expect(submit(f, null, { idempotencyKey: 'k' })).toMatchObject({ replayed: false });
    expect(readAgent(f.store, 'noop')?.proposals).toBe(2);
  });

  it('is taken once when it is sent eight times at once over two connections', async () => {
    const { governor } = f.another();
    const { submitProposal } = await import('../../../src/governor/proposal/submit.ts');
    const { submission } = await import('../acts.ts');
    const all = await Promise.all(
      Array.from({ length: 8 }, (_, index) =>
        (index % 2 === 0 ? f.governor : governor).commit((tx) =>
          submitProposal(tx, submission(runId, { idempotencyKey: 'k' })),
        ),
      ),
    );
    expect(
      new Set(all.map((each) => (each.result === 'submitted' ? each.proposal.id : each.code))).size,
    ).toBe(1);
    expect(eventsOf(f.store, 'proposal_submitted')).toHaveLength(1);
  });

  it('is one too many after the most that may wait, until one is decided', () => {
    const all = Array.from({ length: MAX_PENDING_PER_RUN }, (_, n) =>
      submitted(f, runId, { payload: { n } }),
    );
    expect(submit(f, runId)).toMatchObject({ code: 'too_many_pending' });
    expect(submit(f, f.newRun())).toMatchObject({ result: 'submitted' });
    const [first] = all;
    if (first !== undefined) decide(f, first);
    expect(submit(f, runId)).toMatchObject({ result: 'submitted' });
  });

  it('of a variant of what a person rejected for good in this run is denied without asking again', () => {
    decide(f, submitted(f, runId), { decision: 'reject', final: true });
    const denied = { status: 'denied', rule: 'final_rejection', decided_by_kind: 'policy' };
    expect(submitted(f, runId, { payload: { to: 'A@example.org', body: 'other' } })).toMatchObject(denied);
    expect(submitted(f, runId, { payload: { body: 'to nobody in particular' } })).toMatchObject(denied);
    expect(submitted(f, runId, { payload: { to: 'somebody else' } })).toMatchObject({ status: 'pending' });
    expect(submitted(f, runId, { actionType: 'charge_card' }).status).toBe('pending');
    expect(submitted(f, f.newRun()).status).toBe('pending');
  });

  it('of an action that was rejected, or approved, without "for good" is asked again', () => {
    decide(f, submitted(f, runId), { decision: 'reject' });
    decide(f, submitted(f, runId), { decision: 'approve', final: true });
    expect(submitted(f, runId).status).toBe('pending');
  });

  it.each(['1e400', '{"deep":[-1e999]}'])(
    'with the number %s, which no JSON can say again, is bad input',
    (text) => {
      expect(() => submit(f, runId, { payload: JSON.parse(text) })).toThrow(InputError);
      expect(eventsOf(f.store, 'proposal_submitted')).toHaveLength(0);
    },
  );

  it('is kept out of the record when the rules say that content stays out, its hash is not', () => {
    f.rules = rulesWith({ includeContent: false });
    const { payload_hash } = submitted(f, runId, { payload: { secret: 'xyzzy' } });
    expect(JSON.stringify(verifiedEvents(f.store))).not.toContain('xyzzy');
    expect(eventsOf(f.store, 'proposal_submitted')[0]?.payload['proposal_payload_hash']).toBe(payload_hash);
  });
});

describe('when a run ends', () => {
  it('what it had waiting is cancelled, but what an executor will carry out stays', () => {
    const alone = submitted(f, runId);
    const backed = submitted(f, runId, { actionType: 'publish_note' });
    const other = submitted(f, f.newRun());
    f.governor.commitNow((tx) =>
      endRun(tx, { runId, status: 'killed', reason: 'enough', exitCode: null, actor: OPERATOR }),
    );
    expect(readProposal(f.store, alone.id)).toMatchObject({
      status: 'cancelled',
      note: expect.stringContaining('enough') as string,
    });
    expect([backed, other].map(({ id }) => readProposal(f.store, id)?.status)).toEqual([
      'pending',
      'pending',
    ]);
    expect(eventsOf(f.store, 'proposal_cancelled')).toMatchObject([{ proposal_id: alone.id, run_id: runId }]);
    expect(decide(f, alone)).toMatchObject({ code: 'already_decided' });
    expect(decide(f, backed)).toMatchObject({ result: 'decided' });
    expect(readRun(f.store, runId)?.proposals_pending).toBe(0);
    expect(submit(f, runId)).toMatchObject({ code: 'run_ended' });
  });

  it('with as many waiting as may wait, all are looked at', () => {
    for (let n = 0; n < MAX_PENDING_PER_RUN; n += 1)
      submitted(f, runId, n % 5 === 0 ? { actionType: 'publish_note' } : {});
    f.governor.commitNow((tx) =>
      endRun(tx, { runId, status: 'failed', reason: 'x', exitCode: 1, actor: OPERATOR }),
    );
    expect(eventsOf(f.store, 'proposal_cancelled')).toHaveLength(40);
    expect(readRun(f.store, runId)?.proposals_pending).toBe(10);
  });
});
