import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Answer } from './ask.ts';
import { type ProjectFixture, startProject } from './project-fixture.ts';

let f: ProjectFixture;
beforeAll(async () => {
  f = await startProject();
});
afterAll(() => f.close());

const BOUNDS = { action_type: 'send_email', uses: 1, for: '1h' };

function give(over: Readonly<Record<string, unknown>> = {}): Promise<Answer> {
  return f.asOperator('POST', '/grants', { ...BOUNDS, ...over });
}

async function propose(secret: string, payload: unknown, over: object = {}): Promise<Answer['body']> {
  const body = { action_type: 'send_email', payload, expected_outcome: 'x', ...over };
  return (await f.ask({ method: 'POST', path: '/proposals', secret, asAgent: true, body })).body;
}

const revoke = (id: unknown): Promise<Answer> =>
  f.ask({ method: 'DELETE', path: `/grants/${String(id)}`, secret: f.token('operator') });

describe('a grant over HTTP', () => {
  it('approves at once, says so to the agent, is listed with what is left, and runs the executor', async () => {
    const { run_secret: secret } = await f.newRun();
    const given = await give({ action_type: 'publish_note', agent_id: 'noop', usd: 2, note: 'tonight' });
    expect(given).toMatchObject({
      status: 201,
      body: {
        status: 'active',
        uses_left: 1,
        cap_usd: 2,
        cap_micro_usd: 2_000_000,
        spent_usd: 0,
        agent_id: 'noop',
      },
    });
    const id = given.body['grant_id'];
    const cost = { action_type: 'publish_note', expected_cost_usd: 1 };
    const answer = await propose(secret, { n: 1 }, cost);
    expect(answer).toMatchObject({ status: 'approved', decided_by: { kind: 'grant', id } });
    const done = await f.asOperator('GET', `/proposals/${String(answer['proposal_id'])}?wait=30s`);
    expect(done.body).toMatchObject({ status: 'executed', decided_by: { kind: 'grant', id } });
    expect((await propose(secret, { n: 2 }, cost))['status']).toBe('pending');
    const list = await f.ask({ path: '/grants', secret: f.token('viewer') });
    expect(list.body['items']).toMatchObject([{ grant_id: id, status: 'used_up', used: 1, uses_left: 0 }]);
    expect((await f.asOperator('GET', '/grants?status=active')).body['items']).toEqual([]);
  });

  it('is gone for what comes after it was revoked, and can be revoked twice', async () => {
    const { run_secret: secret } = await f.newRun();
    const { body } = await give({ uses: 5 });
    expect((await propose(secret, 1))['status']).toBe('approved');
    for (let again = 0; again < 2; again += 1)
      expect(await revoke(body['grant_id'])).toMatchObject({
        status: 200,
        body: { status: 'revoked', used: 1 },
      });
    expect((await propose(secret, 2))['status']).toBe('pending');
    expect(await revoke('gnt_x')).toMatchObject({ status: 404, body: { code: 'not_found' } });
  });

  it('holds only where its conditions hold, in the language of the rules', async () => {
    const { run_secret: secret } = await f.newRun();
    const when = { 'payload.amount': { lt: 100 }, 'payload.to': { in: ['a', 'b'] } };
    const { body } = await give({ action_type: 'refund', uses: 9, when });
    const refund = async (payload: unknown): Promise<unknown> =>
      (await propose(secret, payload, { action_type: 'refund' }))['status'];
    expect(await refund({ amount: 99, to: 'a' })).toBe('approved');
    expect(await refund({ amount: 100, to: 'a' })).toBe('pending');
    expect(await refund({ amount: '99', to: 'a' })).toBe('pending');
    expect(await refund({ to: 'a' })).toBe('pending');
    await revoke(body['grant_id']);
  });

  it.each<[string, Readonly<Record<string, unknown>>]>([
    ['invalid', { uses: 0 }],
    ['invalid', { uses: 1.5 }],
    ['invalid', { usd: -1 }],
    ['invalid', { until: 'tomorrow', for: undefined }],
    ['invalid', { until: '2099-01-01T00:00:00Z' }],
    ['invalid', { everything: true }],
    ['bad_pattern', { action_type: '*' }],
    ['bad_conditions', { when: { payloat: 1 } }],
    ['bad_conditions', { when: {} }],
    ['bad_conditions', { when: { rate: { over: 1, per: '1m' } } }],
    ['bad_conditions', { when: { payload: { detects: 'pii' } } }],
    ['expires_in_past', { for: undefined, until: '2020-01-01T00:00:00Z' }],
    ['too_long', { for: '3660d' }],
  ])('is refused as %s: %j', async (code, over) => {
    expect(await give(over)).toMatchObject({ status: 400, body: { code } });
  });
});

describe('several decisions at once', () => {
  it('are each taken or refused by themselves, each with its own event', async () => {
    const { run_secret: secret } = await f.newRun();
    const made = await Promise.all([1, 2, 3].map((n) => propose(secret, { n })));
    const item = (at: number, decision: string, over = {}): object => ({
      proposal_id: made[at]?.['proposal_id'],
      payload_hash: made[at]?.['payload_hash'],
      decision,
      ...over,
    });
    const items = [
      item(0, 'approve'),
      item(1, 'reject', { note: 'no', final: true }),
      item(2, 'approve', { payload_hash: 'f'.repeat(64) }),
      item(0, 'reject'),
    ];
    const answer = await f.asOperator('POST', '/proposals/decisions', { items });
    expect(answer).toMatchObject({
      status: 200,
      body: {
        items: [
          { decided: true, proposal: { status: 'approved' } },
          { decided: true, proposal: { status: 'rejected', note: 'no', final: true } },
          { decided: false, problem: { status: 409, code: 'payload_changed' } },
          { decided: false, problem: { status: 409, code: 'already_decided' } },
        ],
      },
    });
    for (const [at, events] of [1, 1, 0].entries()) {
      const path = `/audit?event_type=proposal_decided&proposal_id=${String(made[at]?.['proposal_id'])}`;
      expect((await f.asOperator('GET', path)).body['items']).toHaveLength(events);
    }
  });

  it('take no edit, and nothing from an agent', async () => {
    const { run_secret: secret } = await f.newRun();
    const made = await propose(secret, { n: 1 });
    const item = {
      proposal_id: made['proposal_id'],
      payload_hash: made['payload_hash'],
      decision: 'approve',
    };
    const edited = { items: [{ ...item, payload: {} }] };
    expect((await f.asOperator('POST', '/proposals/decisions', edited)).status).toBe(400);
    const own = { method: 'POST', path: '/proposals/decisions', secret, asAgent: true } as const;
    expect((await f.ask({ ...own, body: { items: [item] } })).status).toBe(403);
    expect((await f.asOperator('GET', `/proposals/${String(item.proposal_id)}`)).body['status']).toBe(
      'pending',
    );
  });
});

it('refuses an edit together with a rejection', async () => {
  const { run_secret: secret } = await f.newRun();
  const made = await propose(secret, { n: 1 });
  const body = { decision: 'reject', payload_hash: made['payload_hash'], payload: { n: 2 } };
  const path = `/proposals/${String(made['proposal_id'])}/decision`;
  expect(await f.asOperator('POST', path, body)).toMatchObject({
    status: 400,
    body: { code: 'edit_of_rejected' },
  });
});

it('tells a run nothing of another run’s proposal, and no agent how an operator looks', async () => {
  const [mine, other] = [await f.newRun(), await f.newRun()];
  const made = await propose(other.run_secret, { n: 1 });
  const id = String(made['proposal_id']);
  const asAgent = { secret: mine.run_secret, asAgent: true } as const;
  const body = { decision: 'approve', payload_hash: made['payload_hash'] };
  const forged = await f.ask({ method: 'POST', path: `/proposals/${id}/decision`, ...asAgent, body });
  expect(forged.status).toBe(403);
  const seen = await f.ask({ path: `/proposals/${id}`, ...asAgent });
  expect(seen.status).toBe(404);
  expect(seen.body['hint']).toBe('use the id that the proposal was answered with');
});
