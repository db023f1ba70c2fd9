import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { WireExplained } from '../../src/server/wire/policy.ts';
import { type AppFixture, createAppFixture } from './app-fixture.ts';

let app: AppFixture;
beforeAll(async () => {
  app = await createAppFixture();
});
afterAll(() => app.close());

async function ask(question: unknown, kind: 'operator' | 'viewer' | 'brake' = 'operator'): Promise<Response> {
  const authorization = `Bearer ${app.token(kind)}`;
  const body = typeof question === 'string' ? question : JSON.stringify(question);
  return await app.send('POST', '/policy/explain', { authorization }, body);
}

async function explained(question: unknown): Promise<WireExplained> {
  const response = await ask(question);
  expect(response.status).toBe(200);
  return (await response.json()) as WireExplained;
}

describe('POST /policy/explain', () => {
  it('answers as the gate would, with what it took for granted', async () => {
    expect(await explained({ action: 'send_email' })).toMatchObject({
      action: 'send_email',
      effect: 'require_approval',
      rule: 'never_auto_approve',
      reasons: ['send_email is in never_auto_approve'],
      severity: 'high',
      retry_after: null,
      refusal: null,
      agent_id: null,
      policy_hash: app.context.rules.current()?.rules.hash,
      assumed: [
        expect.stringContaining('the operator proposes it'),
        expect.stringContaining('payload is {}'),
      ],
    });
  });

  it('is of a run, with its tools', async () => {
    const { runId } = app.newRun();
    const answer = await explained({ action: 'tool:Nothing', payload: {}, run_id: runId });
    expect(answer).toMatchObject({ effect: 'deny', rule: 'tools.default', agent_id: 'noop', run_id: runId });
    expect(answer.assumed).toEqual([]);
  });

  it('says that a run has ended, and what the rules alone would say', async () => {
    const { runId } = app.endedRun();
    const answer = await explained({ action: 'send_email', payload: {}, run_id: runId });
    expect(answer).toMatchObject({
      effect: 'deny',
      rule: 'run_ended',
      refusal: { code: 'run_ended' },
      by_rules: { effect: 'require_approval', rule: 'never_auto_approve' },
    });
  });

  it('puts a resource into the payload, or into the field that a known tool acts on', async () => {
    const { runId } = app.newRun();
    const bash = await explained({ action: 'tool:Bash', resource: 'npm test', run_id: runId });
    const whole = await explained({ action: 'tool:Bash', payload: { command: 'npm test' }, run_id: runId });
    expect(bash).toEqual({ ...whole, at: bash.at });
    const twice = await ask({ action: 'note', payload: { resource: 'a' }, resource: 'b' });
    expect(twice.status).toBe(400);
    expect(await twice.json()).toMatchObject({
      code: 'invalid',
      detail: 'the payload has a resource already',
    });
    const unknown = await ask({ action: 'tool:Mystery', resource: 'b', run_id: runId });
    expect(await unknown.json()).toMatchObject({ hint: expect.stringContaining('--payload') });
  });

  it.each([
    [{ action: 'bad action' }, 'invalid'],
    [{ action: 'tool:' }, 'invalid'],
    [{ action: 'note', agent_id: 'nobody' }, 'unknown_agent'],
    [{ action: 'note', run_id: 'run_00000000000000000000000000' }, 'unknown_run'],
    [{ action: 'note', at: 'yesterday' }, 'invalid'],
    [{ action: 'note', cost_usd: -1 }, 'invalid'],
    [{ action: 'note', cost: 1 }, 'invalid'],
    [{}, 'invalid'],
  ])('refuses %j as %s', async (question, code) => {
    const response = await ask(question);
    expect(response.status).toBeGreaterThanOrEqual(400);
    const problem = (await response.json()) as { code: string; detail: string };
    expect(problem.code).toBe(code);
    expect(problem.detail).not.toBe('');
  });

  it('is held to the bounds of a body: depth, numbers, size', async () => {
    const deep = `{"action":"note","payload":${'['.repeat(1_000)}${']'.repeat(1_000)}}`;
    expect(await (await ask(deep)).json()).toMatchObject({ code: 'too_deep' });
    expect(await (await ask('{"action":"note","payload":1e999}')).json()).toMatchObject({
      code: 'bad_number',
    });
    const large = JSON.stringify({ action: 'note', payload: 'x'.repeat(1024 * 1024) });
    expect(await (await ask(large)).json()).toMatchObject({ code: 'too_large' });
  });

  it('is for who reads everything, and for nobody else', async () => {
    expect((await ask({ action: 'note' }, 'viewer')).status).toBe(200);
    expect((await ask({ action: 'note' }, 'brake')).status).toBe(403);
  });

  it('names the time that was asked about, and what stays as it is now', async () => {
    const answer = await explained({ action: 'note', payload: {}, at: '2026-12-24T12:00:00Z' });
    expect(answer.at).toBe('2026-12-24T12:00:00.000Z');
    expect(answer.assumed).toContainEqual(expect.stringContaining('as they stand now'));
  });
});
