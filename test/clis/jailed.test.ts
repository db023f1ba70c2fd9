// The real agent CLIs in a jail, their model calls metered on the way out: what they get done there and what their tools can see.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { JAIL } from '../../src/runner/confine/jail-places.ts';
import { jailedRun, runJailed } from '../confine/jail-fixture.ts';
import { buildPrograms, type Programs, removeFolders } from '../confine/probe-fixture.ts';
import {
  commandItem,
  type ProviderCall,
  type ProviderReply,
  responsesReply,
  saidItem,
} from '../fixtures/provider.ts';
import { type GatewayFixture, KEY, openFixture } from '../runner/gateway-fixture.ts';
import { findCli } from './find-cli.ts';

let programs: Programs;
let gateway: GatewayFixture;

beforeAll(async () => {
  programs = await buildPrograms();
}, 60_000);
afterAll(removeFolders);
beforeEach(async () => {
  gateway = await openFixture();
});
afterEach(() => gateway.close());

/** What a curious agent asks for, a line each. */
function look(token: string): string {
  return [
    'echo root: $(ls /)',
    'echo processes: $(ls /proc | grep -c "^[0-9]")',
    'echo variables: $(env | cut -d= -f1 | sort)',
    `echo token: $(cat ${token} 2>&1)`,
    `echo server: $(node -e "require('net').connect(${gateway.server.port}, '127.0.0.1', () => console.log('reached')).on('error', (error) => console.log(error.code))")`,
    'echo identity: $(id -u) $(hostname)',
    'echo done > made.txt',
  ].join('; ');
}

async function runInJail(
  cli: 'claude' | 'codex',
  args: readonly string[],
  env: Record<string, string>,
  reply: (call: ProviderCall, asked: string) => ProviderReply,
) {
  const run = jailedRun(programs.door, [findCli(cli), ...args]);
  const token = join(run.request.hidden[0] ?? '', 'keys', 'operator');
  mkdirSync(dirname(token), { recursive: true });
  writeFileSync(token, 'the-operator-token');
  let seen = '';
  gateway.reply = (call) => {
    const body = JSON.stringify(call.body);
    if (body.includes('variables: ') && body.includes('identity: ')) seen = body;
    return reply(call, look(token));
  };
  const path = `${dirname(process.execPath)}:/usr/local/bin:/usr/bin:/bin`;
  const request = {
    ...run.request,
    gatewaySocket: gateway.gateway.socketPath,
    env: { PATH: path, HOME: JAIL.home, ...env },
  };
  const startedMs = performance.now();
  const end = await runJailed({ ...run, request });
  const tookMs = performance.now() - startedMs;
  const saw = /root: (?:[^"]*?)identity: [^"\\]*/.exec(seen.slice(seen.lastIndexOf('root: ')))?.[0] ?? '';
  console.log(
    `${cli}: exit ${end.exitCode}, ${tookMs.toFixed(0)} ms, ${gateway.provider.calls.length} calls\n${saw.replaceAll('\\n', '\n')}`,
  );
  return { ...end, saw, made: () => readFileSync(join(request.workspace, 'made.txt'), 'utf8') };
}

function expectOnlyItsOwn({ exitCode, saw, made }: Awaited<ReturnType<typeof runInJail>>): void {
  expect(exitCode).toBe(0);
  expect(made()).toBe('done\n');
  expect(saw).toContain('No such file or directory');
  expect(saw).toContain('server: ECONNREFUSED');
  expect(saw).toContain(`identity: ${JAIL.uid} ${JAIL.hostname}`);
  expect(saw).not.toContain('the-operator-token');
  expect(saw).not.toContain('reached');
  expect(saw).not.toContain(KEY);
}

describe('in a jail', () => {
  it('the real Claude Code works with its tools, and they see nothing but its own', async () => {
    const usage = { input_tokens: 120, output_tokens: 40 };
    const ended = await runInJail(
      'claude',
      [
        '-p',
        'look around',
        '--setting-sources',
        '',
        '--permission-mode',
        'bypassPermissions',
        '--tools',
        'Bash',
      ],
      {
        ANTHROPIC_BASE_URL: `${JAIL.gatewayUrl}/anthropic`,
        ANTHROPIC_API_KEY: 'governed-run',
        CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
      },
      ({ body }, command) => {
        const isAnswered = JSON.stringify(body['messages']).includes('tool_result');
        const tools = [{ id: 'toolu_a', name: 'Bash', input: { command, description: 'look' } }];
        return isAnswered ? { kind: 'stream', usage, words: ['all seen'] } : { kind: 'stream', usage, tools };
      },
    );
    expectOnlyItsOwn(ended);
    expect(ended.stdout).toContain('all seen');
    expect(gateway.provider.calls.every(({ headers }) => headers['x-api-key'] === KEY)).toBe(true);
  });

  const codex = (sandbox: string) =>
    runInJail(
      'codex',
      [
        '-c',
        `model_providers.governed={name="g",base_url="${JAIL.gatewayUrl}/openai/v1",wire_api="responses",env_key="OPENAI_API_KEY"}`,
        ...[
          '-c',
          'model_provider="governed"',
          '-c',
          'web_search="disabled"',
          // Without a network it would wait five seconds for its telemetry when it ends.
          '-c',
          'analytics.enabled=false',
          'exec',
          '--skip-git-repo-check',
        ],
        ...['--sandbox', sandbox, '-m', 'gpt-5.1', 'look around'],
      ],
      { OPENAI_API_KEY: 'governed-run', OPENAI_BASE_URL: `${JAIL.gatewayUrl}/openai` },
      answerCodex,
    );

  it('the real Codex works with its tools, and they see nothing but its own', async () => {
    const ended = await codex('danger-full-access');
    expectOnlyItsOwn(ended);
    expect(ended.stdout).toContain('all seen');
    const sent = gateway.provider.calls.map(({ headers }) => headers.authorization);
    expect(new Set(sent)).toEqual(new Set([`Bearer ${KEY}`]));
  });

  it('the real Codex can’t make a sandbox of its own, and runs no tool without', async () => {
    const { exitCode, saw, made } = await codex('workspace-write');
    expect({ exitCode, saw }).toEqual({ exitCode: 0, saw: '' });
    expect(made).toThrow('ENOENT');
    const answer = JSON.stringify(gateway.provider.calls.at(-1)?.body['input']);
    expect(answer).toContain('bwrap: Creating new namespace failed');
  });
});

function answerCodex({ body }: ProviderCall, command: string): ProviderReply {
  const isAnswered = JSON.stringify(body['input']).includes('function_call_output');
  const item = isAnswered ? saidItem('all seen') : commandItem('call_1', command);
  return responsesReply([item], { input: 500, output: 30 });
}
