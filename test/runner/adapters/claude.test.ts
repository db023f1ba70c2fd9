import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { ProviderReply } from '../../fixtures/provider.ts';
import { until } from '../gateway-fixture.ts';
import { type AgentFixture, openClaude } from './agent-fixture.ts';

const CLI = resolve(import.meta.dirname, '../../fixtures/clis/claude.mjs');
const USAGE = { input_tokens: 1_000, output_tokens: 100 };
const RULES = `[tools]
allow = ["Bash(mkdir allowed*)"]
require_approval = ["Bash(mkdir held*)"]
[budget]
day_usd = 5
`;

let claude: AgentFixture;
afterEach(() => claude.close());

const bash = (id: string, command: string) => ({ id, name: 'Bash', input: { command } });
const asks =
  (...commands: readonly string[]) =>
  (_call: unknown, turn: number): ProviderReply =>
    turn === 0
      ? { kind: 'stream', usage: USAGE, tools: commands.map((command, at) => bash(`t${at}`, command)) }
      : { kind: 'stream', usage: USAGE, words: ['done'] };
const open = (fault: string, reply = asks('mkdir allowed'), rules = RULES) =>
  openClaude(fault === '' ? [CLI] : [CLI, '--fixture', fault], reply, rules).then((opened) => {
    claude = opened;
  });
const made = (name: string): boolean => existsSync(join(claude.project.dir, 'agents/noop/workspace', name));

async function decide(body: Record<string, unknown>): Promise<void> {
  await until(() => claude.held.length === 1, 'it is held');
  const path = `/proposals/${claude.held[0]}`;
  const shown = await claude.project.asOperator('GET', path);
  const decision = { payload_hash: shown.body['payload_hash'], ...body };
  expect((await claude.project.asOperator('POST', `${path}/decision`, decision)).status).toBe(200);
}

describe('a run of the claude adapter', () => {
  it('runs what is allowed and tells why the rest was denied, each call judged once and its result kept', async () => {
    await open('', asks('mkdir allowed', 'mkdir denied'));
    expect(await claude.run('go')).toMatchObject({ status: 'succeeded', reason: 'it says that it is done' });
    expect([made('allowed'), made('denied')]).toEqual([true, false]);
    expect(claude.lines.join('\n')).toContain('nothing in [tools] allows this call of Bash');
    expect(await claude.events('tool_call_allowed')).toHaveLength(1);
    expect(await claude.events('tool_call_denied')).toHaveLength(1);
    expect(await claude.events('tool_call_completed')).toHaveLength(1);
  });

  it('lets a call wait at a cap that pauses the run, and go on when it is raised', async () => {
    const rules = `[tools]
allow = ["Bash(mkdir allowed*)"]
[budget]
day_usd = 5
run_tool_calls = 1
`;
    await open('', asks('mkdir allowed-1', 'mkdir allowed-2'), rules);
    const run = await claude.start('go');
    const status = async () => (await claude.recorded(run.runId))['status'];
    await expect.poll(status, { timeout: 10_000 }).toBe('paused');
    const raise = { tier: 'run', tool_calls: 2 };
    expect((await claude.project.asOperator('POST', '/budget/noop/raise', raise)).status).toBe(200);
    expect(await run.ended).toMatchObject({ status: 'succeeded' });
    expect([made('allowed-1'), made('allowed-2')]).toEqual([true, true]);
    expect(await claude.events('tool_call_allowed')).toHaveLength(2);
  });

  it('holds a call until a person approves it, and keeps that it was executed', async () => {
    await open('', asks('mkdir held'));
    const run = await claude.start('go');
    await decide({ decision: 'approve' });
    expect(await run.ended).toMatchObject({ status: 'succeeded' });
    expect(made('held')).toBe(true);
    const { body } = await claude.project.asOperator('GET', `/proposals/${claude.held[0]}`);
    expect(body).toMatchObject({ status: 'executed', outcome_by: { kind: 'agent' } });
  });

  it('runs what the person made of a held call, and nothing else', async () => {
    await open('', asks('mkdir held'));
    const run = await claude.start('go');
    await decide({ decision: 'approve', payload: { command: 'mkdir held-as-edited' } });
    expect(await run.ended).toMatchObject({ status: 'succeeded' });
    expect([made('held'), made('held-as-edited')]).toEqual([false, true]);
  });

  it('is told the note of a person who rejects a held call', async () => {
    await open('', asks('mkdir held'));
    const run = await claude.start('go');
    await decide({ decision: 'reject', note: 'not today' });
    await run.ended;
    expect(made('held')).toBe(false);
    expect(claude.lines.join('\n')).toContain('rejected by a person: not today');
  });

  it('is told to keep its answers short where the cap is small', async () => {
    await open('', asks('mkdir allowed'));
    await claude.run('go', 0.5);
    const { max_tokens: limit } = claude.provider.calls[0]?.body ?? {};
    expect(limit).toBe(Math.floor((0.5 * 0.2) / 15e-6));
  });

  it('fails where its provider refuses, with the reason, although it exits as a success of its own', async () => {
    await open('', () => ({
      kind: 'error',
      status: 400,
      type: 'invalid_request_error',
      message: 'too long',
    }));
    expect(await claude.run('go')).toMatchObject({ status: 'failed', reason: 'it says: too long' });
  });

  it('fails where it ends without a result, whatever its exit code', async () => {
    await open('silent-end');
    expect(await claude.run('go')).toMatchObject({ status: 'failed', reason: 'it ended without a result' });
  });

  it('says it, and goes by the meter, when it claims to have spent something else', async () => {
    await open('overclaims');
    expect(await claude.run('go')).toMatchObject({ status: 'succeeded' });
    expect(claude.notices.join()).toContain('It says that it spent $9; metered were $0.009');
    const [ended] = await claude.events('run_ended');
    expect(JSON.stringify(ended)).toContain('"claimed_micro_usd":9000000');
  });

  it('is killed when a tool ran that was denied', async () => {
    await open('ignores-no-later', asks('mkdir denied'));
    const ended = await claude.run('go');
    expect(ended).toMatchObject({ status: 'killed' });
    expect(ended.reason).toContain('a tool ran that was not allowed');
  });

  it('is killed when a tool comes back that was never asked for', async () => {
    await open('ungated-later');
    const ended = await claude.run('go');
    expect(ended).toMatchObject({ status: 'killed' });
    expect(ended.reason).toContain('a tool ran without asking first');
  });
});

describe('a program whose gate does not hold', () => {
  it.each([
    ['ungated', 'without asking'],
    ['hook-fails-open', 'although the question about it failed'],
  ])('is given no task: %s', async (fault, why) => {
    await open(fault);
    const started = await claude.try('go');
    expect(started).toMatchObject({ result: 'not_started', fault: { code: 'adapter_probe_failed' } });
    expect(started.result === 'not_started' && started.fault.message).toContain(why);
    expect(claude.provider.calls).toEqual([]);
  });
});
