import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { agentEnvironment } from '../../src/runner/environment.ts';
import { ownLogin } from '../../src/runner/login/own-login.ts';
import { ask, askModel, type GatewayFixture, openFixture, until } from './gateway-fixture.ts';

const CLAUDE = { adapter: 'claude', auth: 'subscription' } as const;
const NOW_MS = Date.parse('2026-11-20T12:00:00Z');

describe('the login of an agent CLI', () => {
  let home: string;
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'login-test-'));
    mkdirSync(join(home, '.claude'));
  });
  afterEach(() => rmSync(home, { recursive: true, force: true }));
  const loggedIn = (login: unknown): void =>
    writeFileSync(join(home, '.claude/.credentials.json'), JSON.stringify({ claudeAiOauth: login }));

  it('is taken from the variable that holds one, else from the file of the CLI', async () => {
    loggedIn({ accessToken: 'sk-ant-oat01-of-the-file', expiresAt: NOW_MS + 1 });
    expect(await ownLogin(CLAUDE, { HOME: home }, NOW_MS)).toEqual({
      CLAUDE_CODE_OAUTH_TOKEN: 'sk-ant-oat01-of-the-file',
    });
    const given = { HOME: home, CLAUDE_CODE_OAUTH_TOKEN: 'sk-ant-oat01-given' };
    expect(await ownLogin(CLAUDE, given, NOW_MS)).toEqual({ CLAUDE_CODE_OAUTH_TOKEN: 'sk-ant-oat01-given' });
  });

  it('is asked for with what to do when there is none, or one that has expired', async () => {
    const find = (): Promise<unknown> => ownLogin(CLAUDE, { HOME: home }, NOW_MS);
    await expect(find()).rejects.toMatchObject({
      code: 'no_login',
      message: expect.stringMatching(/can’t be read \(ENOENT\)/),
    });
    loggedIn({ accessToken: 'sk-ant-oat01-old', expiresAt: NOW_MS });
    await expect(find()).rejects.toMatchObject({
      message: expect.stringContaining('has expired'),
      hint: expect.stringContaining('claude setup-token'),
    });
    writeFileSync(join(home, '.claude/.credentials.json'), '{"claudeAiOauth": {"accessToken": "sk-ant-oat01');
    const broken = await find().catch(String);
    expect(broken).toContain('holds none');
    expect(broken).not.toContain('sk-ant');
  });

  it('is not looked for where the gateway has the key, or the agent is any other program', async () => {
    expect(await ownLogin({ ...CLAUDE, auth: 'key' }, { HOME: home }, NOW_MS)).toEqual({});
    expect(await ownLogin({ ...CLAUDE, adapter: 'command' }, { HOME: home }, NOW_MS)).toEqual({});
  });

  it('has no placeholder beside it, which a client would use instead', () => {
    const given = {
      operator: {},
      runId: 'run_1',
      agentId: 'a',
      gatewayUrl: 'http://x',
      home,
      temporary: home,
      taskFile: null,
      systemPromptFile: null,
    };
    const launch = { env_pass: [], env_set: {}, providers: [], auth: 'subscription' } as const;
    expect(Object.keys(agentEnvironment({ ...given, launch })).join(' ')).not.toContain('API_KEY');
    const keyed = agentEnvironment({ ...given, launch: { ...launch, auth: 'key' } });
    expect(keyed['ANTHROPIC_API_KEY']).toBe('governed-run_1');
  });
});

describe('a gateway for an agent with a login of its own', () => {
  let f: GatewayFixture;
  beforeEach(async () => {
    f = await openFixture();
    f.key = () => ({ result: 'own' });
  });
  afterEach(() => f.close());

  it('passes it on untouched, and meters its calls all the same', async () => {
    const headers = { authorization: 'Bearer sk-ant-oat01-own', 'x-app': 'cli', 'x-api-key': '' };
    expect((await askModel(f, undefined, { headers })).status).toBe(200);
    expect(f.provider.calls[0]?.headers).toMatchObject({
      authorization: 'Bearer sk-ant-oat01-own',
      'x-app': 'cli',
    });
    await until(() => f.server.closed.length === 1, 'it was settled');
    expect(f.server.closed[0]).toMatchObject({ how: 'settled' });
    expect(JSON.stringify(f.server.seen)).not.toContain('sk-ant-oat01-own');
    const url = `${f.gateway.url}/openai/v1/responses`;
    const openai = { 'content-type': 'application/json', authorization: 'Bearer own-openai' };
    await ask(url, { method: 'POST', headers: openai, body: '{"model":"m","max_output_tokens":5}' });
    expect(f.provider.calls[1]?.headers).toMatchObject({ authorization: 'Bearer own-openai' });
  });

  it('refuses a call that brings none, before anything is reserved', async () => {
    const url = `${f.gateway.url}/anthropic/v1/messages`;
    const body = JSON.stringify({ model: 'claude-x', max_tokens: 5, messages: [] });
    const { status, text } = await ask(url, { method: 'POST', body });
    expect([status, f.server.reserved.length, f.provider.calls.length]).toEqual([403, 0, 0]);
    expect(text).toContain('brought none');
  });
});
