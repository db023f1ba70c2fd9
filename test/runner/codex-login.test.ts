import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { codexArguments } from '../../src/runner/adapters/codex/profile.ts';
import { accessTo } from '../../src/runner/gateway/provider-access.ts';
import { findCodexLogin } from '../../src/runner/login/codex-login.ts';
import { ownLogin } from '../../src/runner/login/own-login.ts';
import { ACCOUNT, API_KEY_LOGIN, chatGptLogin, LOGIN_KEY, logInCodex, unsignedToken } from './codex-home.ts';
import { ask, type GatewayFixture, openFixture, until } from './gateway-fixture.ts';

const CODEX = { adapter: 'codex', auth: 'subscription' } as const;
const NOW_MS = Date.parse('2026-11-20T12:00:00Z');
const HOUR_MS = 3_600_000;

describe('the login of Codex', () => {
  let home: string;
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'codex-login-test-'));
  });
  afterEach(() => rmSync(home, { recursive: true, force: true }));
  const find = (env: Record<string, string> = { HOME: home }) => ownLogin(CODEX, env, NOW_MS);
  const inHome = (login: unknown): void => logInCodex(join(home, '.codex'), login);

  it('with a ChatGPT account is the token and its account, and never what makes new tokens', async () => {
    const login = chatGptLogin(NOW_MS + HOUR_MS);
    inHome(login);
    const found = await find();
    expect(found).toEqual({
      GOVERNED_CODEX_TOKEN: login.tokens['access_token'],
      GOVERNED_CODEX_ACCOUNT: ACCOUNT,
    });
    const given = JSON.stringify(found);
    expect(given).not.toContain(login.tokens['refresh_token']);
    expect(given).not.toContain(login.tokens['id_token']);
  });

  it('with an API key is the key', async () => {
    inHome(API_KEY_LOGIN);
    expect(await find()).toEqual({ GOVERNED_CODEX_TOKEN: LOGIN_KEY });
    // As older versions wrote it, beside tokens that are not used then.
    const { tokens } = chatGptLogin(NOW_MS - HOUR_MS);
    inHome({ OPENAI_API_KEY: LOGIN_KEY, tokens });
    expect(await find()).toEqual({ GOVERNED_CODEX_TOKEN: LOGIN_KEY });
  });

  it('is that of CODEX_HOME where there is one', async () => {
    inHome(API_KEY_LOGIN);
    const other = join(home, 'other');
    logInCodex(other, { ...API_KEY_LOGIN, OPENAI_API_KEY: 'sk-other' });
    expect(await find({ HOME: home, CODEX_HOME: other })).toEqual({ GOVERNED_CODEX_TOKEN: 'sk-other' });
    expect(await find({ HOME: home, CODEX_HOME: '' })).toEqual({ GOVERNED_CODEX_TOKEN: LOGIN_KEY });
  });

  it('takes the account, and whether it is a government’s, from what the tokens say', async () => {
    const about = { chatgpt_account_id: 'acc-said', chatgpt_account_is_fedramp: true };
    const tokens = { account_id: null, id_token: unsignedToken({ 'https://api.openai.com/auth': about }) };
    inHome(chatGptLogin(NOW_MS + HOUR_MS, tokens));
    expect(await find()).toMatchObject({
      GOVERNED_CODEX_ACCOUNT: 'acc-said',
      GOVERNED_CODEX_FEDRAMP: 'true',
    });
  });

  it('is used until it is refused where its token does not say when it ends', async () => {
    inHome(chatGptLogin(NOW_MS - HOUR_MS, { access_token: 'opaque' }));
    expect(await find()).toMatchObject({ GOVERNED_CODEX_TOKEN: 'opaque' });
  });

  it('that has expired is not started with, and what renews it is said', async () => {
    inHome(chatGptLogin(NOW_MS));
    await expect(find()).rejects.toMatchObject({
      code: 'no_login',
      message: expect.stringContaining('has expired'),
      hint: expect.stringContaining('`codex login`'),
    });
  });

  it.each([
    ['is missing', null, /can’t be read \(ENOENT\)/],
    ['is half written', '{"tokens": {"access_token": "eyJhbG', /holds none/],
    ['has no tokens', { auth_mode: 'chatgpt', OPENAI_API_KEY: null }, /holds none/],
    ['has an API key of no text', { auth_mode: 'apikey', OPENAI_API_KEY: null }, /holds none/],
    ['has a token that fits no header', chatGptLogin(0, { access_token: 'eyJ\nX: y' }), /holds none/],
    ['is of another kind', { auth_mode: 'agentIdentity', agent_identity: 'eyJhbG' }, /another kind/],
    [
      'names no account',
      chatGptLogin(0, { access_token: 'eyJhbG', id_token: 'eyJhbG', account_id: null }),
      /does not say for which account/,
    ],
  ])('that %s is said with what to do, and without a word of it', async (_what, login, why) => {
    if (login !== null) inHome(login);
    await expect(find()).rejects.toMatchObject({
      code: 'no_login',
      message: expect.stringMatching(why),
      hint: expect.stringMatching(/codex login.*keyring/),
    });
    expect(await find().catch(String)).not.toContain('eyJhbG');
  });

  it('is looked for without being opened to whoever only chooses', async () => {
    const found = () => findCodexLogin({ HOME: home });
    expect(await found()).toBeNull();
    inHome(API_KEY_LOGIN);
    expect(await found()).toMatchObject({ kind: 'api_key' });
    inHome(chatGptLogin(NOW_MS));
    expect(await found()).toEqual({ kind: 'chatgpt' });
    inHome('{');
    expect(await found()).toEqual({ kind: 'unusable' });
  });

  it('is named to Codex by its variables alone, which its commands do not get', () => {
    const launch = { tools: { allow: [], require_approval: [], deny: [] }, isJailed: false, cwd: '/w' };
    const of = (hasLogin: boolean) => codexArguments({ ...launch, hasLogin }, 'http://x', []).join(' ');
    expect(of(true)).toContain('env_key="GOVERNED_CODEX_TOKEN"');
    expect(of(true)).toContain('shell_environment_policy.exclude=["GOVERNED_CODEX_*"]');
    expect(of(true)).not.toContain('requires_openai_auth');
    expect(of(false)).toContain('env_key="OPENAI_API_KEY"');
    expect(of(false)).not.toContain('GOVERNED_CODEX');
  });
});

describe('the ways to OpenAI', () => {
  const wire = {
    name: 'openai',
    base_url: 'https://api.openai.test',
    login_base_url: 'https://chatgpt.test/backend-api/codex',
    key: null,
  };
  const waysFor = (auth: 'key' | 'subscription') => {
    const notices: string[] = [];
    const place = { env: { HTTPS_PROXY: 'no address' }, projectDir: '/' };
    const { way, loginWay } = accessTo({ auth }, wire, place, (notice) => notices.push(notice));
    return { origins: [way.origin, loginWay?.origin], notices };
  };

  it('are two for a login, one for a key, and what is wrong with the proxy is said once', () => {
    const login = waysFor('subscription');
    expect(login.origins).toEqual(['https://api.openai.test', 'https://chatgpt.test']);
    expect(login.notices).toEqual([expect.stringContaining('HTTPS_PROXY says is no address')]);
    expect(waysFor('key').origins).toEqual(['https://api.openai.test', undefined]);
  });
});

describe('a gateway for a Codex with a login of its own', () => {
  const TOKEN = 'eyJhbGciOiJub25lIn0.e30.the-token-of-the-login';
  const BODY = JSON.stringify({
    model: 'm',
    max_output_tokens: 5,
    store: false,
    instructions: '',
    input: [],
  });
  const OF_CODEX = {
    'content-type': 'application/json',
    authorization: `Bearer ${TOKEN}`,
    originator: 'codex_exec',
    'session-id': 's-1',
    'x-codex-turn-state': 'sticky',
    'x-openai-internal-codex-responses-lite': 'true',
  };
  let f: GatewayFixture;
  beforeEach(async () => {
    f = await openFixture();
    f.key = () => ({ result: 'own' });
  });
  afterEach(() => f.close());
  const call = (headers: Record<string, string>) =>
    ask(`${f.gateway.url}/openai/v1/responses`, { method: 'POST', headers, body: BODY });

  it('sends a ChatGPT login to its own address with all that Codex says, and meters it all the same', async () => {
    await call({ ...OF_CODEX, 'chatgpt-account-id': 'acc', cookie: 'not this' });
    const sent = f.provider.calls[0];
    expect(sent?.path).toBe('/backend-api/codex/responses');
    expect(sent?.headers).toMatchObject({ ...OF_CODEX, 'chatgpt-account-id': 'acc' });
    expect(sent?.headers).not.toHaveProperty('cookie');
    expect(sent?.body).toEqual(JSON.parse(BODY));
    await until(() => f.server.closed.length === 1, 'it was closed');
    expect(f.server.reserved).toHaveLength(1);
    expect(JSON.stringify(f.server.seen)).not.toContain(TOKEN);
  });

  it('sends the API key of a login where keys are sent', async () => {
    await call(OF_CODEX);
    expect(f.provider.calls[0]).toMatchObject({ path: '/v1/responses', headers: OF_CODEX });
  });

  it('goes nowhere else with the key of the gateway, whatever account the agent names', async () => {
    f.key = () => ({ result: 'key', value: 'sk-of-the-gateway' });
    await call({ ...OF_CODEX, 'chatgpt-account-id': 'acc' });
    const { path, headers } = f.provider.calls[0] ?? {};
    expect([path, headers?.authorization]).toEqual(['/v1/responses', 'Bearer sk-of-the-gateway']);
    expect(headers).not.toHaveProperty('chatgpt-account-id');
    expect(headers).toHaveProperty('x-openai-internal-codex-responses-lite', 'true');
  });

  it('refuses a call that names an account and brings no login', async () => {
    const { status, text } = await call({ ...OF_CODEX, authorization: '', 'chatgpt-account-id': 'acc' });
    // Codex stops at a 400, and would ask again at others.
    expect([status, f.server.reserved.length, f.provider.calls.length]).toEqual([400, 0, 0]);
    expect(text).toContain('brought none');
  });

  it('takes the login out of an answer that repeats it', async () => {
    f.reply = () => ({ kind: 'error', status: 401, type: 'invalid', message: `no good: ${TOKEN}` });
    const { status, text } = await call({ ...OF_CODEX, 'chatgpt-account-id': 'acc' });
    expect(status).toBe(401);
    expect(text).toContain('no good: ***');
    expect(text).not.toContain(TOKEN);
  });
});
