// What must hold of every run of Codex with a login of its own.
import { expect } from 'vitest';
import { ACCOUNT, API_KEY_LOGIN, chatGptLogin, LOGIN_KEY, REFRESH_TOKEN } from '../codex-home.ts';
import type { LoginRun } from './codex-login-run.ts';

const IN_AN_HOUR_MS = Date.now() + 3_600_000;
const chatGpt = chatGptLogin(IN_AN_HOUR_MS);
const { access_token: token, id_token: idToken } = chatGpt.tokens;

export const LOGINS = [
  { kind: 'a ChatGPT account', login: chatGpt, secret: String(token), path: '/backend-api/codex/responses' },
  { kind: 'an API key', login: API_KEY_LOGIN, secret: LOGIN_KEY, path: '/v1/responses' },
] as const;

export function expectGoverned(run: LoginRun, { login, secret, path }: (typeof LOGINS)[number]): void {
  expect(run.ended).toMatchObject({ status: 'succeeded', reason: 'it says that it is done' });
  const account = login === chatGpt ? ACCOUNT : undefined;
  for (const { path: to, headers } of run.calls) {
    expect([to, headers.authorization, headers['chatgpt-account-id']]).toEqual([
      path,
      `Bearer ${secret}`,
      account,
    ]);
  }
  expect(run.recorded).toMatchObject({ key_in_agent: true, notional: true, reserved_micro_usd: 0 });
  expect({ tokens: Number(run.recorded['tokens']), calls: Number(run.recorded['llm_calls']) }).toEqual(
    run.billed,
  );
  const payloads = run.settled.map(({ payload }) => payload);
  expect(payloads).toHaveLength(run.billed.calls);
  for (const payload of payloads) expect(payload).toMatchObject({ notional: true });
  expect(run.notices.some((notice) => notice.includes('is billed'))).toBe(login !== chatGpt);
}

/** It has what its calls go out with, in its environment alone; what would make or name more of it is nowhere. */
export function expectNothingElse(run: LoginRun, { secret }: (typeof LOGINS)[number]): void {
  for (const other of [REFRESH_TOKEN, String(idToken)]) {
    expect(run.seen).not.toContain(other);
    expect(run.holding(other)).toEqual([]);
  }
  expect(run.holding(secret)).toEqual([]);
}
