import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Answer } from './ask.ts';
import { type ProjectFixture, startProject } from './project-fixture.ts';

let f: ProjectFixture;
beforeAll(async () => {
  f = await startProject();
});
afterAll(() => f.close());

const EIGHT = Array.from({ length: 8 }, (_, index) => index);
const PROPOSALS = 40;

async function submit(
  secret: string,
  actionType: string,
  payload: unknown,
): Promise<{ id: string; hash: string }> {
  const body = { action_type: actionType, payload, expected_outcome: 'x' };
  const answer = await f.ask({ method: 'POST', path: '/proposals', secret, body });
  return { id: String(answer.body['proposal_id']), hash: String(answer.body['payload_hash']) };
}

const decide = (id: string, hash: string, decision: 'approve' | 'reject', extra = {}): Promise<Answer> =>
  f.asOperator('POST', `/proposals/${id}/decision`, { decision, payload_hash: hash, ...extra });

it('lets exactly one of eight racing decisions win, and runs its executor once', async () => {
  const { run_secret: secret } = await f.newRun();
  const approved = new Set<string>();
  for (let round = 0; round < PROPOSALS; round += 1) {
    const { id, hash } = await submit(secret, 'publish_note', { round });
    const answers = await Promise.all(
      EIGHT.map((racer) => decide(id, hash, racer % 2 === 0 ? 'approve' : 'reject')),
    );
    const winners = answers.filter((answer) => answer.status === 200);
    expect(winners).toHaveLength(1);
    expect(answers.filter((answer) => answer.body['code'] === 'already_decided')).toHaveLength(7);
    if (winners[0]?.body['status'] === 'approved') approved.add(id);
  }
  for (const id of approved) {
    const done = await f.asOperator('GET', `/proposals/${id}?wait=30s`);
    expect(done.body['status']).toBe('executed');
  }
  const ran = readFileSync(join(f.dir, 'executed.log'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => line.split(' ')[0]);
  expect(ran.toSorted()).toEqual([...approved].toSorted());
});

it('refuses a decision on another payload than the one that waits, and takes an edit as a payload of its own', async () => {
  const { run_secret: secret } = await f.newRun();
  const { id, hash } = await submit(secret, 'send_email', { to: 'a' });
  expect(await decide(id, '0'.repeat(64), 'approve')).toMatchObject({
    status: 409,
    body: { code: 'payload_changed' },
  });
  const edited = await decide(id, hash, 'approve', { payload: { to: 'b' } });
  expect(edited.body).toMatchObject({
    status: 'approved',
    payload: { to: 'b' },
    original_payload: { to: 'a' },
    original_payload_hash: hash,
  });
  expect(edited.body['payload_hash']).not.toBe(hash);
});

it('makes one proposal, one reservation and one charge out of eight with the same key', async () => {
  const { run_secret: secret, run_id: runId } = await f.newRun();
  const once: readonly (readonly [path: string, body: object, id: string])[] = [
    [
      '/proposals',
      { action_type: 'send_email', payload: {}, expected_outcome: 'x', idempotency_key: 'k' },
      'proposal_id',
    ],
    [
      '/reservations',
      { idempotency_key: 'k', provider: 'p', model: 'm', input_tokens: 10, output_tokens: 1 },
      'reservation_id',
    ],
    ['/budget/noop/charge', { usd: 0.5, tool: 't', idempotency_key: 'k' }, 'charge_id'],
  ];
  for (const [path, body, id] of once) {
    const answers = await Promise.all(EIGHT.map(() => f.ask({ method: 'POST', path, secret, body })));
    expect(new Set(answers.map((answer) => answer.body[id])).size, path).toBe(1);
    expect(
      answers.every((answer) => answer.status < 300),
      path,
    ).toBe(true);
  }
  const run = await f.asOperator('GET', `/runs/${runId}`);
  expect(run.body).toMatchObject({ spent_micro_usd: 500_000, reserved_micro_usd: 30, tool_calls: 1 });
});

it('opens one session with one code, whoever else tries it at the same time', async () => {
  const minted = await f.asOperator('POST', '/session/code', {});
  const body = { code: minted.body['code'] };
  const answers = await Promise.all(EIGHT.map(() => f.ask({ method: 'POST', path: '/session', body })));
  expect(answers.filter((answer) => answer.status === 201)).toHaveLength(1);
  expect(answers.filter((answer) => answer.body['code'] === 'code_invalid')).toHaveLength(7);
});

it('settles a reservation once, at what was used, however often it is said', async () => {
  const { run_secret: secret, run_id: runId } = await f.newRun();
  const reserved = await f.ask({
    method: 'POST',
    path: '/reservations',
    secret,
    body: { idempotency_key: 's', provider: 'p', model: 'm', input_tokens: 1_000, output_tokens: 100 },
  });
  const usage = {
    input_tokens: 500,
    output_tokens: 10,
    cache_read_tokens: 0,
    cache_write_5m_tokens: 0,
    cache_write_1h_tokens: 0,
  };
  const path = `/reservations/${String(reserved.body['reservation_id'])}/settle`;
  const answers = await Promise.all(
    EIGHT.map(() => f.ask({ method: 'POST', path, secret, body: { usage, outcome: 'complete' } })),
  );
  for (const answer of answers)
    expect(answer.body).toMatchObject({ status: 'settled', posted_micro_usd: 600 });
  const run = await f.asOperator('GET', `/runs/${runId}`);
  expect(run.body).toMatchObject({ spent_micro_usd: 600, reserved_micro_usd: 0, llm_calls: 1 });
});
