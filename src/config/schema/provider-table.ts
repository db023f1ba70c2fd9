// A [providers.<name>] table: where a model provider is, and where its key is found. The key itself is never in the rules.
import * as z from 'zod';
import type { KeyReference, ProviderRules } from '../../core/rules/rules.ts';
import { command, fieldIssue, line, text } from './field.ts';

const DEFAULT_BASE_URLS: Readonly<Record<string, string>> = {
  anthropic: 'https://api.anthropic.com',
  openai: 'https://api.openai.com',
};
/** A ChatGPT login is good for this address alone; other providers take every login at their one. */
const LOGIN_BASE_URLS: Readonly<Record<string, string>> = {
  openai: 'https://chatgpt.com/backend-api/codex',
};
const LOOPBACK = new Set(['127.0.0.1', 'localhost', '[::1]']);
const KEY_FORMS = 'write key = { env = "NAME" }, { file = "path" } or { command = ["program"] }';

const URL_FORM = 'write for example "https://api.anthropic.com"';

/** Null for an address that model calls may go to. What has a login in it is not repeated. */
export function whyNoBaseUrl(value: string): { readonly message: string; readonly hint: string } | null {
  const url = URL.canParse(value) ? new URL(value) : null;
  if (url === null) return { message: `must be an address, not ${JSON.stringify(value)}`, hint: URL_FORM };
  if (url.username !== '' || url.password !== '')
    return {
      message: 'must have no user or password in it: it is kept and shown',
      hint: 'leave them out of the address; a key has a place of its own',
    };
  const isSafe = url.protocol === 'https:' || (url.protocol === 'http:' && LOOPBACK.has(url.hostname));
  if (!isSafe)
    return {
      message: `must be an https address (http only for this machine), not ${JSON.stringify(value)}`,
      hint: URL_FORM,
    };
  if (url.search !== '' || url.hash !== '')
    return { message: `must end before ? and #, not be ${JSON.stringify(value)}`, hint: URL_FORM };
  return null;
}

/** Without a slash at its end. Plain http is only for this machine, for a key would travel in the open. */
const baseUrl = z.unknown().transform((value, context): string => {
  const why =
    typeof value === 'string'
      ? whyNoBaseUrl(value)
      : { message: `must be an address, not ${JSON.stringify(value)}`, hint: URL_FORM };
  if (why === null) return new URL(String(value)).href.replace(/\/+$/, '');
  context.addIssue(fieldIssue(why));
  return z.NEVER;
});

const keyTable = z.strictObject({
  env: text('the name of a variable', KEY_FORMS, /^[A-Za-z_]\w*$/).optional(),
  file: line(KEY_FORMS).optional(),
  command: command(KEY_FORMS).optional(),
});

/** What stands here by mistake may be the key itself, so no message repeats it. */
const key = z.unknown().transform((value, context): KeyReference => {
  const parsed = keyTable.safeParse(value);
  const found = parsed.success ? keyReference(parsed.data) : null;
  if (found !== null) return found;
  const message =
    typeof value === 'string'
      ? 'must say where the key is, never the key itself'
      : 'must be exactly one of env, file and command';
  context.addIssue(
    fieldIssue({
      message,
      hint: KEY_FORMS,
      code: typeof value === 'string' ? 'secret_in_rules' : 'invalid_setting',
    }),
  );
  return z.NEVER;
});

function keyReference(table: z.output<typeof keyTable>): KeyReference | null {
  const { env, file, command: run } = table;
  const found: readonly KeyReference[] = [
    ...(env === undefined ? [] : [{ env }]),
    ...(file === undefined ? [] : [{ file }]),
    ...(run === undefined ? [] : [{ command: run }]),
  ];
  return found.length === 1 ? (found[0] ?? null) : null;
}

/** Named by the API that it speaks: a run has a route for these, and to no other. */
const providerName = z.string().superRefine((name, context) => {
  if (Object.hasOwn(DEFAULT_BASE_URLS, name)) return;
  const hint =
    'there are anthropic (Messages) and openai (Responses, Chat Completions); set base_url of the one whose API yours speaks';
  context.addIssue(fieldIssue({ message: 'is not an API that a run has a route for', hint }));
});

const provider = z.strictObject({
  base_url: baseUrl.optional(),
  login_base_url: baseUrl.optional(),
  key: key.optional(),
});

export const providersTable = z.record(providerName, provider).superRefine((table, context) => {
  for (const [name, { login_base_url: url }] of Object.entries(table)) {
    if (url === undefined || Object.hasOwn(LOGIN_BASE_URLS, name)) continue;
    const message = 'is for openai alone, whose logins go to another address than its keys';
    const hint = 'set base_url, which is for logins too';
    context.addIssue({ ...fieldIssue({ message, hint }), path: [name, 'login_base_url'] });
  }
});

export function providerRules(table: z.output<typeof providersTable>): ReadonlyMap<string, ProviderRules> {
  return new Map(
    Object.entries(table).map(([name, { base_url: url, login_base_url: loginUrl, key: reference }]) => [
      name,
      {
        name,
        baseUrl: url ?? DEFAULT_BASE_URLS[name] ?? '',
        loginBaseUrl: loginUrl ?? LOGIN_BASE_URLS[name] ?? null,
        key: reference ?? null,
      },
    ]),
  );
}
