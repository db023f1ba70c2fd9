import { randomBytes } from 'node:crypto';
import { request } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parseRules, readBundle } from '../../src/config/rules-entry.ts';
import { createGovernor } from '../../src/governor/governor.ts';
import { submitProposal } from '../../src/governor/proposal/submit.ts';
import { openStore } from '../../src/store/open.ts';
import { type ProjectFixture, startProject } from './project-fixture.ts';

let f: ProjectFixture;
beforeAll(async () => {
  f = await startProject();
});
afterAll(() => f.close());

interface Stream {
  readonly messages: { readonly id: number | null; readonly data: Record<string, unknown> }[];
  until(done: (messages: Stream['messages']) => boolean): Promise<void>;
  readonly ended: Promise<void>;
  close(): void;
}

function openStream(path: string, secret: string, headers: Record<string, string> = {}): Promise<Stream> {
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        host: '127.0.0.1',
        port: f.port,
        path,
        agent: false,
        headers: { host: `localhost:${f.port}`, authorization: `Bearer ${secret}`, ...headers },
      },
      (response) => {
        const messages: Stream['messages'] = [];
        let rest = '';
        let changed = (): void => undefined;
        response.setEncoding('utf8').on('data', (chunk: string) => {
          rest += chunk;
          for (let end = rest.indexOf('\n\n'); end >= 0; end = rest.indexOf('\n\n')) {
            const block = rest.slice(0, end);
            rest = rest.slice(end + 2);
            const data = /^data: (.*)$/m.exec(block)?.[1];
            const id = /^id: (\d+)$/m.exec(block)?.[1];
            if (data !== undefined)
              messages.push({
                id: id === undefined ? null : Number(id),
                data: JSON.parse(data) as Record<string, unknown>,
              });
          }
          changed();
        });
        response.on('error', () => undefined);
        resolve({
          messages,
          ended: new Promise((over) => {
            response.on('close', () => over());
          }),
          close: () => sent.destroy(),
          async until(done) {
            while (!done(messages)) {
              await new Promise<void>((wake) => {
                changed = wake;
              });
            }
          },
        });
      },
    );
    sent.on('error', reject);
    sent.end();
  });
}

async function submit(
  secret: string,
  payload: unknown,
  actionType = 'send_email',
): Promise<{ id: string; hash: string }> {
  const body = { action_type: actionType, payload, expected_outcome: 'x' };
  const answer = await f.ask({ method: 'POST', path: '/proposals', secret, body });
  return { id: String(answer.body['proposal_id']), hash: String(answer.body['payload_hash']) };
}

it('answers a long poll at once when the proposal is decided already, and unchanged when the time is over', async () => {
  const { run_secret: secret } = await f.newRun();
  const { id, hash } = await submit(secret, 1);
  const startedMs = performance.now();
  expect((await f.ask({ path: `/proposals/${id}?wait=300ms`, secret })).body['status']).toBe('pending');
  expect(performance.now() - startedMs).toBeGreaterThanOrEqual(250);
  await f.asOperator('POST', `/proposals/${id}/decision`, { decision: 'reject', payload_hash: hash });
  expect((await f.ask({ path: `/proposals/${id}?wait=60s`, secret })).body['status']).toBe('rejected');
});

it('wakes every one of many that wait for the same proposal, and none that wait for another', async () => {
  const { run_secret: secret } = await f.newRun();
  const [one, other] = [await submit(secret, 1), await submit(secret, 2)];
  let otherAnswered = false;
  const waitingForOther = f.ask({ path: `/proposals/${other.id}?wait=2s`, secret }).finally(() => {
    otherAnswered = true;
  });
  const waiting = Array.from({ length: 50 }, () => f.ask({ path: `/proposals/${one.id}?wait=30s`, secret }));
  await f.asOperator('POST', `/proposals/${one.id}/decision`, {
    decision: 'approve',
    payload_hash: one.hash,
  });
  for (const answer of await Promise.all(waiting)) expect(answer.body['status']).toBe('approved');
  expect(otherAnswered).toBe(false);
  expect((await waitingForOther).body['status']).toBe('pending');
});

it('expires what nobody decided, at its time, and wakes who waits for it', async () => {
  const { run_secret: secret } = await f.newRun();
  const body = {
    action_type: 'send_email',
    payload: {},
    expected_outcome: 'x',
    expires_at: new Date(Date.now() + 400).toISOString(),
  };
  const submitted = await f.ask({ method: 'POST', path: '/proposals', secret, body });
  const id = String(submitted.body['proposal_id']);
  expect((await f.ask({ path: `/proposals/${id}?wait=30s`, secret })).body).toMatchObject({
    status: 'expired',
    decided_by: { kind: 'timeout' },
  });
  const late = { decision: 'approve', payload_hash: submitted.body['payload_hash'] };
  expect(await f.asOperator('POST', `/proposals/${id}/decision`, late)).toMatchObject({
    status: 409,
    body: { code: 'expired' },
  });
});

it('streams every event in order, and goes on after the last one that was seen', async () => {
  const { run_secret: secret } = await f.newRun();
  const viewer = f.token('viewer');
  const stream = await openStream('/events', viewer);
  for (let n = 0; n < 30; n += 1) await submit(secret, n);
  await stream.until((messages) => messages.length >= 30);
  stream.close();
  const seen = stream.messages.map((message) => message.id);
  expect(seen).toEqual(seen.map((_, index) => (seen[0] ?? 0) + index));
  const last = seen.at(-1) ?? 0;
  await submit(secret, 'while nobody listens');
  const again = await openStream('/events', viewer, { 'last-event-id': String(last) });
  await again.until((messages) => messages.length >= 1);
  expect(again.messages[0]).toMatchObject({
    id: last + 1,
    data: { event_type: 'proposal_submitted', seq: last + 1 },
  });
  again.close();
  const fromStart = await openStream('/events', viewer, { 'last-event-id': '0' });
  await fromStart.until((messages) => messages.length > last);
  expect(fromStart.messages.map((message) => message.id).slice(0, last)).toEqual(
    Array.from({ length: last }, (_, index) => index + 1),
  );
  fromStart.close();
});

it('sees what another process commits', async () => {
  const { run_secret: secret } = await f.newRun();
  const stream = await openStream('/events', f.token('viewer'));
  const store = openStore(join(f.stateDir, 'governed.db'), { mode: 'write', busyMs: 1_000 });
  const parsed = parseRules(await readBundle(f.dir));
  if (parsed.result !== 'rules') throw new Error('the rules of the test are wrong');
  const other = createGovernor({ store, clock: Date.now, random: randomBytes, rulesOf: () => parsed.rules });
  const draft = {
    actionType: 'elsewhere',
    payload: {},
    expectedOutcome: 'x',
    rationale: null,
    reversible: null,
    requiresApproval: null,
  };
  const rest = { expectedCostUsd: null, expiresAtMs: null, idempotencyKey: null, links: [], clientData: {} };
  other.commitNow((tx) =>
    submitProposal(tx, { ...draft, ...rest, runId: null, actor: { kind: 'operator', id: null } }),
  );
  await stream.until((messages) => messages.length >= 1);
  stream.close();
  store.close();
  expect((await f.ask({ path: '/status/me', secret, asAgent: true })).status).toBe(200);
});

it('tells a runner at once what is wanted of its run, and ends the stream with the run', async () => {
  const run = await f.newRun();
  const control = await openStream(`/runs/${run.run_id}/control`, run.run_secret);
  await control.until((messages) => messages.length === 1);
  expect(control.messages[0]?.data).toMatchObject({ type: 'hello', run_id: run.run_id });
  const { id, hash } = await submit(run.run_secret, 1);
  await f.asOperator('POST', `/proposals/${id}/decision`, { decision: 'approve', payload_hash: hash });
  await control.until((messages) => messages.some(({ data }) => data['status'] === 'approved'));
  const foreign = await submit((await f.newRun()).run_secret, 2);
  const forged = {
    method: 'POST',
    path: `/proposals/${foreign.id}/decision`,
    secret: run.run_secret,
  } as const;
  await f.ask({ ...forged, asAgent: true, body: { decision: 'approve', payload_hash: foreign.hash } });
  await f.asOperator('POST', `/runs/${run.run_id}/pause`, { reason: 'a look' });
  await control.until((messages) =>
    messages.some(({ data }) => data['type'] === 'pause' && data['reason'] === 'a look'),
  );
  await f.asOperator('POST', `/runs/${run.run_id}/resume`, {});
  await control.until((messages) => messages.some(({ data }) => data['type'] === 'resume'));
  await f.asOperator('POST', `/runs/${run.run_id}/kill`, { reason: 'enough' });
  await control.ended;
  expect(control.messages.at(-1)?.data).toMatchObject({ type: 'kill', reason: 'enough' });
  expect(JSON.stringify(control.messages)).not.toContain(foreign.id);
  const after = await f.ask({ path: '/status/me', secret: run.run_secret, asAgent: true });
  expect(after).toMatchObject({ status: 401, body: { code: 'run_ended' } });
});

it('goes on for everyone while one reader of the stream takes nothing', async () => {
  const { run_secret: secret } = await f.newRun();
  const lazy = request({
    host: '127.0.0.1',
    port: f.port,
    path: '/events',
    agent: false,
    headers: {
      host: `localhost:${f.port}`,
      authorization: `Bearer ${f.token('viewer')}`,
      'last-event-id': '0',
    },
  });
  lazy.on('error', () => undefined);
  lazy.on('response', (response) => response.pause());
  lazy.end();
  const payload = 'x'.repeat(100_000);
  for (let n = 0; n < 40; n += 1)
    expect(
      (
        await f.ask({
          method: 'POST',
          path: '/tool-calls',
          secret,
          body: { tool: 'Read', input: { payload, n } },
        })
      ).status,
    ).toBe(201);
  expect((await f.ask({ path: '/health' })).status).toBe(200);
  lazy.destroy();
});

it('answers who waits and ends its streams when it stops', async () => {
  const own = await startProject();
  const { run_secret: secret } = await own.newRun();
  const submitted = await own.ask({
    method: 'POST',
    path: '/proposals',
    secret,
    body: { action_type: 'a', payload: {}, expected_outcome: 'x' },
  });
  const waiting = own.ask({ path: `/proposals/${String(submitted.body['proposal_id'])}?wait=60s`, secret });
  await new Promise((resolve) => setTimeout(resolve, 100));
  await own.stop();
  expect((await waiting).body['status']).toBe('pending');
  await own.close();
});
