import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type ProjectFixture, startProject } from './project-fixture.ts';

let f: ProjectFixture;
beforeAll(async () => {
  f = await startProject();
});
afterAll(() => f.close());

it('answers health to anyone and nothing else to nobody', async () => {
  expect(await f.ask({ path: '/health' })).toMatchObject({ status: 200, text: '{"ok":true}' });
  expect(await f.ask({ path: '/status' })).toMatchObject({ status: 401, body: { code: 'no_credentials' } });
});

it('carries a proposal from the agent through a decision to its executor, once, with the approved bytes', async () => {
  const run = await f.newRun();
  const submitted = await f.ask({
    method: 'POST',
    path: '/proposals',
    secret: run.run_secret,
    asAgent: true,
    body: {
      action_type: 'publish_note',
      payload: { title: 'b', a: 1 },
      expected_outcome: 'a note is out',
      agent_id: 'somebody-else',
      wave: 3,
      submitted_at: '2099-01-01T00:00:00Z',
    },
  });
  expect(submitted).toMatchObject({ status: 201, body: { status: 'pending' } });
  const id = String(submitted.body['proposal_id']);
  const waiting = f.ask({ path: `/proposals/${id}?wait=30s`, secret: run.run_secret, asAgent: true });
  const seen = await f.asOperator('GET', `/proposals/${id}`);
  expect(seen.body).toMatchObject({ agent_id: 'noop', client_data: { agent_id: 'somebody-else', wave: 3 } });
  const decision = { decision: 'approve', payload_hash: submitted.body['payload_hash'], note: 'fine' };
  expect(await f.asOperator('POST', `/proposals/${id}/decision`, decision)).toMatchObject({ status: 200 });
  const done = await waiting;
  expect(done.body).toMatchObject({ status: 'executed', outcome_by: { kind: 'executor' } });
  const log = readFileSync(join(f.dir, 'executed.log'), 'utf8');
  expect(log).toBe(`${id} {"a":1,"title":"b"}\n`);
  const late = await f.asOperator('POST', `/proposals/${id}/decision`, decision);
  expect(late).toMatchObject({ status: 409, body: { code: 'already_decided' } });
});

it('shows status, scoreboard, runs, agents and the record', async () => {
  for (const path of [
    '/status',
    '/scoreboard',
    '/runs',
    '/agents',
    '/audit',
    '/audit/head',
    '/budget/noop',
    '/proposals',
    '/admin/changes',
  ]) {
    expect(await f.asOperator('GET', path), path).toMatchObject({ status: 200 });
  }
  const status = await f.asOperator('GET', '/status');
  expect(status.body).toMatchObject({
    watchdog: { alive: true },
    mirror: { ok: true },
    rules: { changed: [] },
  });
});
