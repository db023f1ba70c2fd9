import { mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { newPlace, type Place, type Said } from '../cli/binary.ts';
import {
  commandItem,
  type Provider,
  type ProviderReply,
  responsesReply,
  saidItem,
  startProvider,
} from '../fixtures/provider.ts';
import { type AgentFixture, openCodex } from '../runner/adapters/agent-fixture.ts';
import { until } from '../runner/gateway-fixture.ts';
import { findCli } from './find-cli.ts';

const USAGE = { input: 500, cached: 100, output: 30 };

const well = (): ProviderReply => responsesReply([saidItem('all is well')], USAGE);

let reply = well;
let place: Place;
let provider: Provider;

beforeAll(async () => {
  place = newPlace();
  mkdirSync(join(place.root, 'work'));
  provider = await startProvider(() => reply());
});

afterAll(async () => {
  await place.run(['down', '-C', join(place.stateHome, 'exec')]);
  await provider.close();
  place.remove();
});

function exec(
  budgetUsd: string,
  { bin = dirname(findCli('codex')), limit = [] }: { bin?: string; limit?: readonly string[] } = {},
): Promise<Said> {
  const env = {
    PATH: `${bin}:${process.env['PATH'] ?? ''}`,
    OPENAI_BASE_URL: provider.url,
    OPENAI_API_KEY: 'sk-the-real-key',
  };
  const command = ['codex', 'exec', '--skip-git-repo-check', '-m', 'gpt-5.1', 'say hi'];
  return place.run(['exec', '--budget-usd', budgetUsd, ...limit, '--', ...command], {
    env,
    cwd: join(place.root, 'work'),
  });
}

describe('the real Codex behind the gate', () => {
  const patch = (name: string): unknown =>
    commandItem(
      `p-${name}`,
      `apply_patch <<'END'\n*** Begin Patch\n*** Add File: ${name}.txt\n+patched\n*** End Patch\nEND`,
    );
  const spawn = {
    type: 'function_call',
    id: 'fc_sub',
    call_id: 'sub',
    namespace: 'multi_agent_v1',
    name: 'spawn_agent',
    arguments: JSON.stringify({ message: 'SUBTASK' }),
  };
  let codex: AgentFixture;
  afterEach(() => codex.close());
  const made = (): readonly string[] => {
    const workspace = join(codex.project.dir, 'agents/noop/workspace');
    return readdirSync(workspace).sort();
  };

  it('runs what is allowed, is denied what is not, waits for a person, and reports what came back', async () => {
    codex = await openCodex(
      [findCli('codex')],
      (_call, turn) => {
        const asks = [
          commandItem('a', 'mkdir allowed'),
          commandItem('b', 'echo denied > denied'),
          commandItem('c', 'mkdir held'),
          commandItem('d', 'cat /etc/hostname'),
          patch('allowed'),
          patch('denied'),
        ];
        return responsesReply(turn === 0 ? asks : [saidItem('all done')], USAGE);
      },
      `[tools]
allow = ["Bash(mkdir allowed)", "Write(workspace/allowed.txt)"]
require_approval = ["Bash(mkdir held)"]
[budget]
day_usd = 100
`,
    );
    const run = await codex.start('go');
    await until(() => codex.held.length === 1, 'it is held');
    const path = `/proposals/${codex.held[0]}`;
    const shown = await codex.project.asOperator('GET', path);
    const decision = { decision: 'approve', payload_hash: shown.body['payload_hash'] };
    await codex.project.asOperator('POST', `${path}/decision`, decision);
    expect(await run.ended).toMatchObject({ status: 'succeeded', reason: 'it says that it is done' });
    expect(made().filter((name) => !name.startsWith('.'))).toEqual(['allowed', 'allowed.txt', 'held']);
    const told = JSON.stringify(codex.provider.calls.at(-1)?.body);
    for (const denied of ['Bash echo denied > denied', 'Bash cat /etc/hostname', 'denied.txt']) {
      expect(told).toContain(`did not allow ${denied === 'denied.txt' ? 'Write' : denied}`);
    }
    expect(await codex.events('tool_call_completed')).toHaveLength(3);
    expect(codex.notices.filter((notice) => !notice.startsWith('Trying to escape'))).toEqual([]);
  });

  it('asks for what its subagents do too', async () => {
    codex = await openCodex(
      [findCli('codex')],
      ({ body }, turn) => {
        const sent = JSON.stringify(body['input']);
        if (turn === 0) return responsesReply([spawn], USAGE);
        const isSubagent = sent.includes('SUBTASK') && !sent.includes('"sub"');
        if (!isSubagent) return responsesReply([saidItem('done')], USAGE);
        const asks = [commandItem('sa', 'mkdir by-subagent'), commandItem('sd', 'mkdir denied')];
        return responsesReply(sent.includes('"sa"') ? [saidItem('sub done')] : asks, USAGE);
      },
      '[tools]\nallow = ["Agent", "Bash(mkdir by-subagent)"]\n[budget]\nday_usd = 100\n',
    );
    await codex.run('go');
    expect(made()).not.toContain('denied');
    expect((await codex.events('tool_call_allowed')).length).toBeGreaterThanOrEqual(1);
  });

  it('is offered no tool about which it would not ask', async () => {
    codex = await openCodex(
      [findCli('codex')],
      () => responsesReply([saidItem('done')], USAGE),
      '[tools]\nallow = []\n[budget]\nday_usd = 100\n',
    );
    await codex.run('go');
    const tools = codex.provider.calls[0]?.body['tools'] as { name?: string; type: string }[];
    const names = tools.map(({ name, type }) => name ?? type).sort();
    expect(names).toEqual(['exec_command', 'request_user_input', 'write_stdin']);
  });
});

describe('the real Codex', () => {
  it('is metered to the token, with the key outside of it', async () => {
    const said = await exec('5');
    expect(said).toMatchObject({ code: 0, out: 'all is well\n' });
    expect(said.err).toContain('530 tokens · 1 model call');
    expect(provider.calls[0]).toMatchObject({
      path: '/v1/responses',
      headers: { authorization: 'Bearer sk-the-real-key' },
    });
  });

  it('is found through a link in a folder with spaces, and through a link to that', async () => {
    const bins = ['my tools', 'more tools'].map((name) => join(place.root, name));
    for (const bin of bins) mkdirSync(bin);
    const [one = '', two = ''] = bins;
    symlinkSync(findCli('codex'), join(one, 'codex'));
    symlinkSync('../my tools/codex', join(two, 'codex'));
    expect(await exec('5', { bin: one })).toMatchObject({ code: 0, out: 'all is well\n' });
    expect(await exec('5', { bin: two })).toMatchObject({ code: 0, out: 'all is well\n' });
  });

  it('stops after one request that would pass its budget, and nothing is sent', async () => {
    const before = provider.calls.length;
    const said = await exec('0.20');
    expect(said.code).toBe(206);
    expect(said.err).toContain('over --budget-usd: asks for up to');
    expect(said.err).toContain('--max-output-tokens 8000');
    expect(provider.calls).toHaveLength(before);
  });

  it('works within that budget when its answers are limited, and ends at one that was cut there', async () => {
    const limit = ['--max-output-tokens', '8000'];
    expect(await exec('0.20', { limit })).toMatchObject({ code: 0, out: 'all is well\n' });
    expect(provider.calls.at(-1)?.body).toMatchObject({ max_output_tokens: 8_000 });
    const before = provider.calls.length;
    reply = () => responsesReply([saidItem('all is')], { ...USAGE, output: 8_000 }, 'incomplete');
    const said = await exec('0.20', { limit });
    expect(said.code).toBe(1);
    expect(said.err).toContain('Incomplete response returned, reason: max_output_tokens');
    expect(provider.calls).toHaveLength(before + 1);
  });
});
