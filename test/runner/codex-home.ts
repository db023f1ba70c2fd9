// A folder in which Codex is logged in, in either way that `codex login` makes; nobody signed its tokens.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export const REFRESH_TOKEN = 'rt-that-makes-new-tokens';
export const ACCOUNT = 'acc-of-the-operator';
export const LOGIN_KEY = 'sk-the-key-of-the-login';

export function unsignedToken(claims: unknown): string {
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'none', typ: 'JWT' })}.${part(claims)}.bm9ib2R5`;
}

export function chatGptLogin(expiresAtMs: number, tokens: Readonly<Record<string, unknown>> = {}) {
  const exp = Math.floor(expiresAtMs / 1_000);
  const account = { chatgpt_plan_type: 'plus', chatgpt_user_id: 'user-1', chatgpt_account_id: ACCOUNT };
  const claims = { exp, 'https://api.openai.com/auth': account };
  return {
    auth_mode: 'chatgpt',
    OPENAI_API_KEY: null,
    tokens: {
      id_token: unsignedToken({ ...claims, email: 'operator@example.com' }),
      access_token: unsignedToken(claims),
      refresh_token: REFRESH_TOKEN,
      account_id: ACCOUNT,
      ...tokens,
    },
    last_refresh: new Date(expiresAtMs - 3_600_000).toISOString(),
  };
}

export const API_KEY_LOGIN = { auth_mode: 'apikey', OPENAI_API_KEY: LOGIN_KEY };

/** `home`: CODEX_HOME. */
export function logInCodex(home: string, login: unknown): void {
  mkdirSync(home, { recursive: true, mode: 0o700 });
  const text = typeof login === 'string' ? login : JSON.stringify(login, null, 2);
  writeFileSync(join(home, 'auth.json'), text, { mode: 0o600 });
}
