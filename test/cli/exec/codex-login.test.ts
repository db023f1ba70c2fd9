import { chmodSync, cpSync, mkdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { authOf } from '../../../src/cli/exec/auth-of.ts';
import { type Provider, responsesReply, saidItem, startProvider } from '../../fixtures/provider.ts';
import { API_KEY_LOGIN, chatGptLogin, LOGIN_KEY, logInCodex } from '../../runner/codex-home.ts';
import { newPlace, type Place, type Said } from '../binary.ts';

const CLI = resolve(import.meta.dirname, '../../fixtures/clis/codex.mjs');
const IN_AN_HOUR_MS = Date.now() + 3_600_000;

let place: Place;
let provider: Provider;
const codexHome = (): string => join(place.root, '.codex');
const logIn = (login: unknown): void => logInCodex(codexHome(), login);

beforeAll(async () => {
  place = newPlace();
  for (const name of ['bin', 'work']) mkdirSync(join(place.root, name));
  cpSync(CLI, join(place.root, 'bin/codex'));
  chmodSync(join(place.root, 'bin/codex'), 0o755);
  provider = await startProvider(() => responsesReply([saidItem('all is well')], { input: 500, output: 30 }));
});
beforeEach(() => rmSync(codexHome(), { recursive: true, force: true }));
afterAll(async () => {
  await place.run(['down', '-C', join(place.stateHome, 'exec')]);
  await provider.close();
  place.remove();
});

function exec(
  env: Readonly<Record<string, string>>,
  limits: readonly string[] = ['--budget-usd', '5'],
): Promise<Said> {
  const path = `${join(place.root, 'bin')}:${process.env['PATH'] ?? ''}`;
  const command = ['exec', ...limits, '--', 'codex', 'exec', '-m', 'gpt-5.1', 'go'];
  return place.run(command, { env: { PATH: path, ...env }, cwd: join(place.root, 'work') });
}

describe('exec with a codex that is logged in', () => {
  it('uses the login where there is no key, shows that the agent has it, and doctor tells when it is gone', async () => {
    const login = chatGptLogin(IN_AN_HOUR_MS);
    logIn(login);
    const said = await exec({ OPENAI_LOGIN_BASE_URL: `${provider.url}/backend-api/codex` });
    expect(said).toMatchObject({ code: 0, out: 'all is well\n' });
    expect(said.err).toContain('key in agent');
    expect(provider.calls.at(-1)).toMatchObject({
      path: '/backend-api/codex/responses',
      headers: { authorization: `Bearer ${String(login.tokens['access_token'])}` },
    });
    const doctor = () => place.run(['doctor', '-C', join(place.stateHome, 'exec')]);
    expect((await doctor()).out).not.toContain('there is none');
    rmSync(codexHome(), { recursive: true });
    const { out } = await doctor();
    expect(out).toMatch(/logins .*login of codex itself.*there is none/);
    expect(out).toContain('Log in with `codex login`');
  });

  it('hands the API key of a login to the gateway, which sends it where OpenAI’s address is said to be', async () => {
    logIn(API_KEY_LOGIN);
    const said = await exec({ OPENAI_BASE_URL: provider.url });
    expect(said).toMatchObject({ code: 0, out: 'all is well\n' });
    expect(said.err).not.toContain('key in agent');
    expect(provider.calls.at(-1)).toMatchObject({
      path: '/v1/responses',
      headers: { authorization: `Bearer ${LOGIN_KEY}` },
    });
  });

  it('says that a limit of answers does nothing with a ChatGPT login, and does not name it at a cap', async () => {
    logIn(chatGptLogin(IN_AN_HOUR_MS));
    const env = { OPENAI_LOGIN_BASE_URL: `${provider.url}/backend-api/codex` };
    const NAMED = '--max-output-tokens does nothing here: a ChatGPT login takes no limit';
    const limited = await exec(env, ['--max-output-tokens', '8000']);
    expect(limited.code).toBe(0);
    expect(limited.err.split(NAMED)).toHaveLength(2);
    const little = await exec(env, ['--budget-usd', '0.01']);
    expect(little.code).toBe(206);
    expect(little.err).toContain('give it more with --budget-usd');
    expect(little.err).not.toContain('--max-output-tokens');
    logIn(API_KEY_LOGIN);
    const key = { OPENAI_BASE_URL: provider.url };
    expect((await exec(key, ['--budget-usd', '0.01'])).err).toContain('--max-output-tokens 8000');
    expect((await exec(key, ['--max-output-tokens', '8000'])).err).not.toContain(NAMED);
  });

  it('says that the login has expired, and what renews it, before anything is asked', async () => {
    logIn(chatGptLogin(Date.now() - 1_000));
    const before = provider.calls.length;
    const said = await exec({ OPENAI_LOGIN_BASE_URL: provider.url });
    expect(said).toMatchObject({ code: 1, out: '' });
    expect(said.err).toMatch(/has expired[\s\S]*`codex login`/);
    expect(provider.calls).toHaveLength(before);
  });
});

describe('the choice of exec for codex', () => {
  const choice = async (env: Readonly<Record<string, string>> = {}) =>
    (await authOf('codex', { HOME: place.root, ...env })).auth;
  const ELSEWHERE = { OPENAI_BASE_URL: 'http://127.0.0.1:1/v1' };

  it('is the key where there is one', async () => {
    logIn(chatGptLogin(IN_AN_HOUR_MS));
    expect(await choice({ OPENAI_API_KEY: 'sk' })).toBe('key');
  });

  it('is the login without one, or the key that it is', async () => {
    logIn(chatGptLogin(IN_AN_HOUR_MS));
    expect(await choice()).toBe('subscription');
    logIn(API_KEY_LOGIN);
    expect([await choice(), await choice(ELSEWHERE)]).toEqual(['key', 'key']);
  });

  it('is never to take a ChatGPT login past another server that was named', async () => {
    logIn(chatGptLogin(IN_AN_HOUR_MS));
    expect(await choice(ELSEWHERE)).toBe('key');
    expect(await choice({ ...ELSEWHERE, OPENAI_LOGIN_BASE_URL: 'http://127.0.0.1:1' })).toBe('subscription');
  });

  it('is none without either', async () => {
    expect(await choice(ELSEWHERE)).toBe('key');
    await expect(choice()).rejects.toMatchObject({
      code: 'no_key',
      message: expect.stringContaining('codex is not logged in'),
      hint: expect.stringContaining('cli_auth_credentials_store'),
    });
  });
});
