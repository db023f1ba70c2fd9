import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { commandItem, type ProviderReply, responsesReply, saidItem } from '../../fixtures/provider.ts';
import { until } from '../gateway-fixture.ts';
import { type AgentFixture, openCodex } from './agent-fixture.ts';

const CLI = resolve(import.meta.dirname, '../../fixtures/clis/codex.mjs');
const USAGE = { input: 1_000, cached: 200, output: 100 };
const RULES = `[tools]
allow = ["Bash(mkdir allowed*)", "Write(workspace/allowed*)"]
require_approval = ["Bash(mkdir held*)"]
[budget]
day_usd = 20
`;

let codex: AgentFixture;
afterEach(() => codex.close());

const asks =
  (...items: readonly unknown[]) =>
  (_call: unknown, turn: number): ProviderReply =>
    responsesReply(turn === 0 ? items : [saidItem('done')], USAGE);
const open = (fault: string, reply = asks(commandItem('t', 'mkdir allowed')), rules = RULES) =>
  openCodex(fault === '' ? [CLI] : [CLI, '--fixture', fault], reply, rules).then((opened) => {
    codex = opened;
  });
const inWorkspace = (name: string): string => join(codex.project.dir, 'agents/noop/workspace', name);
const made = (name: string): boolean => existsSync(inWorkspace(name));
const patch = (path: string): string =>
  `apply_patch <<'END'\n*** Begin Patch\n*** Add File: ${path}\n+patched\n*** End Patch\nEND`;

async function decide(body: Record<string, unknown>): Promise<void> {
  await until(() => codex.held.length === 1, 'it is held');
  const path = `/proposals/${codex.held[0]}`;
  const shown = await codex.project.asOperator('GET', path);
  const decision = { payload_hash: shown.body['payload_hash'], ...body };
  expect((await codex.project.asOperator('POST', `${path}/decision`, decision)).status).toBe(200);
}

describe('a run of the codex adapter', () => {
  it('runs what is allowed and tells the model why the rest was denied, each call judged and its result kept', async () => {
    await open('', asks(commandItem('a', 'mkdir allowed'), commandItem('b', 'mkdir denied')));
    expect(await codex.run('go')).toMatchObject({ status: 'succeeded', reason: 'it says that it is done' });
    expect([made('allowed'), made('denied')]).toEqual([true, false]);
    expect(JSON.stringify(codex.provider.calls.at(-1)?.body)).toContain(
      'did not allow Bash mkdir denied: denied by tools.default',
    );
    expect(await codex.events('tool_call_allowed')).toHaveLength(1);
    expect(await codex.events('tool_call_denied')).toHaveLength(1);
    expect(await codex.events('tool_call_completed')).toHaveLength(1);
  });

  it('keeps what it did in words for a person, beside its protocol', async () => {
    await open('', asks(commandItem('a', 'mkdir denied')));
    const { runId } = await codex.run('go');
    const { body } = await codex.project.asOperator('GET', `/runs/${runId}/transcript`);
    const items = body['items'] as { stream: string; text: string }[];
    expect(items.filter(({ stream }) => stream === 'stdout').map(({ text }) => text)).toEqual([
      '→ Bash mkdir denied',
      expect.stringContaining('✗ governed-agents did not allow Bash mkdir denied: denied by') as string,
      'done',
    ]);
    expect(items.some(({ stream, text }) => stream === 'protocol' && text.includes('turn/completed'))).toBe(
      true,
    );
  });

  it('judges each file of a patch by where it lies', async () => {
    await open('', (_call, turn) =>
      responsesReply(
        turn === 0
          ? [
              commandItem('a', patch(inWorkspace('allowed.txt'))),
              commandItem('b', patch(inWorkspace('other.txt'))),
            ]
          : [saidItem('done')],
        USAGE,
      ),
    );
    await codex.run('go');
    expect([made('allowed.txt'), made('other.txt')]).toEqual([true, false]);
  });

  it('judges a command that is to run elsewhere as one that goes there first', async () => {
    await open('', asks(commandItem('a', 'mkdir allowed', { workdir: '/tmp' })));
    await codex.run('go');
    expect(existsSync('/tmp/allowed')).toBe(false);
    expect(JSON.stringify(codex.provider.calls.at(-1)?.body)).toContain('Bash cd /tmp && mkdir allowed');
  });

  it('holds a call until a person approves it, and keeps that it was executed', async () => {
    await open('', asks(commandItem('a', 'mkdir held')));
    const run = await codex.start('go');
    await decide({ decision: 'approve' });
    expect(await run.ended).toMatchObject({ status: 'succeeded' });
    expect(made('held')).toBe(true);
    const { body } = await codex.project.asOperator('GET', `/proposals/${codex.held[0]}`);
    expect(body).toMatchObject({ status: 'executed', outcome_by: { kind: 'agent' } });
  });

  it('runs nothing of a call that a person changed, since Codex would run the old one, and says what to ask for', async () => {
    await open('', asks(commandItem('a', 'mkdir held')));
    const run = await codex.start('go');
    await decide({ decision: 'approve', payload: { command: 'mkdir held-as-edited' } });
    await run.ended;
    expect([made('held'), made('held-as-edited')]).toEqual([false, false]);
    expect(JSON.stringify(codex.provider.calls.at(-1)?.body)).toContain('mkdir held-as-edited');
  });

  it('fails where its provider refuses, with the reason', async () => {
    await open('', () => ({
      kind: 'error',
      status: 400,
      type: 'invalid_request_error',
      message: 'too long',
    }));
    expect(await codex.run('go')).toMatchObject({ status: 'failed', reason: 'it says: too long' });
  });

  it('fails where it ends without saying how its turn ended', async () => {
    await open('silent-end');
    expect(await codex.run('go')).toMatchObject({ status: 'failed', reason: 'it ended without a result' });
  });

  it('says it, and goes by the meter, when it claims to have used something else', async () => {
    await open('overclaims');
    expect(await codex.run('go')).toMatchObject({ status: 'succeeded' });
    expect(codex.notices.join()).toContain('It says that it used 9999 tokens; metered were 2200');
    const [ended] = await codex.events('run_ended');
    expect(JSON.stringify(ended)).toContain('"claimed_tokens":9999');
  });

  it('is killed when a command comes back that was never asked for', async () => {
    await open('ungated-later', asks(commandItem('a', 'mkdir denied')));
    const ended = await codex.run('go');
    expect(ended).toMatchObject({ status: 'killed' });
    expect(ended.reason).toContain('a tool ran without asking first');
  });
});

describe('a codex whose gate does not hold', () => {
  it.each([
    ['never-asks', 'its approvalPolicy is "never"'],
    ['ungated', 'a tool ran without asking first'],
    ['ignores-no', 'a tool ran without asking first'],
    ['types-in', 'it typed into a running program without asking'],
  ])('is given no task: %s', async (fault, why) => {
    await open(fault);
    const started = await codex.try('go');
    expect(started).toMatchObject({ result: 'not_started', fault: { code: 'adapter_probe_failed' } });
    expect(started.result === 'not_started' && started.fault.message).toContain(why);
    expect(codex.provider.calls).toEqual([]);
  });
});
