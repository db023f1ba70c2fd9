// The login that the operator has with Codex, of either kind that `codex login` makes: an API key, or a ChatGPT account. Of the latter a
// run gets the token that calls go out with and the account that it is for; what could make new tokens stays where it is.
import { join } from 'node:path';
import { fieldOf, parseObject } from '../../core/json-object.ts';
import { operatorHome } from '../confine/operator-home.ts';
import { claimsOf } from './claims.ts';
import { noLogin, type OperatorEnvironment, readLoginFile } from './login-file.ts';

/** The variables that Codex is told to take its login from. None is one that other programs look for. */
export const CODEX_LOGIN = {
  token: 'GOVERNED_CODEX_TOKEN',
  account: 'GOVERNED_CODEX_ACCOUNT',
  fedramp: 'GOVERNED_CODEX_FEDRAMP',
} as const;

/** Which of its settings covers all of them. */
export const CODEX_LOGIN_PATTERN = 'GOVERNED_CODEX_*';

type CodexLogin =
  | { readonly kind: 'api_key'; readonly key: string }
  | {
      readonly kind: 'chatgpt';
      readonly token: string;
      readonly account: string;
      readonly isFedramp: boolean;
      readonly expiresAtMs: number;
    };

const HINT =
  'Log in with `codex login`. One that Codex keeps in the keyring of the system can’t be used here: set cli_auth_credentials_store = "file" in its config.toml first.';
const RENEW = 'Run `codex` once, which renews it, or log in anew with `codex login`.';
const OF_ACCOUNT = 'https://api.openai.com/auth';

export async function codexLoginVariables(
  operator: OperatorEnvironment,
  nowMs: number,
): Promise<Readonly<Record<string, string>>> {
  const file = codexLoginFile(operator);
  const read = await readLoginFile(file);
  if (read.result === 'unreadable') throw noLogin('codex', read.why, HINT);
  const login = codexLoginIn(read.text);
  if (typeof login === 'string') throw noLogin('codex', `${file} ${login}`, HINT);
  if (login.kind === 'api_key') return { [CODEX_LOGIN.token]: login.key };
  if (login.expiresAtMs <= nowMs) throw noLogin('codex', `the one in ${file} has expired`, RENEW);
  return {
    [CODEX_LOGIN.token]: login.token,
    [CODEX_LOGIN.account]: login.account,
    ...(login.isFedramp ? { [CODEX_LOGIN.fedramp]: 'true' } : {}),
  };
}

/** What there is for whoever only has to choose; of a ChatGPT account not the login itself, which goes to a run alone. */
export type CodexLoginFound =
  | { readonly kind: 'api_key'; readonly key: string }
  /** What is wrong with an `unusable` one is said when it is to be used. */
  | { readonly kind: 'chatgpt' | 'unusable' };

/** Null: none. */
export async function findCodexLogin(operator: OperatorEnvironment): Promise<CodexLoginFound | null> {
  const read = await readLoginFile(codexLoginFile(operator));
  if (read.result === 'unreadable') return read.isMissing ? null : { kind: 'unusable' };
  const login = codexLoginIn(read.text);
  if (typeof login === 'string') return { kind: 'unusable' };
  return login.kind === 'api_key' ? login : { kind: login.kind };
}

function codexLoginFile(operator: OperatorEnvironment): string {
  const { CODEX_HOME: given = '' } = operator;
  return join(given === '' ? join(operatorHome(operator), '.codex') : given, 'auth.json');
}

/** A string says what is wrong with it. */
function codexLoginIn(text: string): CodexLogin | string {
  const login = parseObject(text);
  const key = fieldOf(login, 'OPENAI_API_KEY');
  const mode = fieldOf(login, 'auth_mode') ?? (isValue(key) ? 'apikey' : 'chatgpt');
  if (mode === 'apikey') return isValue(key) ? { kind: 'api_key', key } : 'holds none';
  if (mode !== 'chatgpt') return 'holds one of another kind than an API key or a ChatGPT account';
  const tokens = fieldOf(login, 'tokens');
  const token = fieldOf(tokens, 'access_token');
  if (!isValue(token)) return 'holds none';
  const identity = fieldOf(claimsOf(fieldOf(tokens, 'id_token')), OF_ACCOUNT);
  const claims = claimsOf(token);
  const account =
    fieldOf(tokens, 'account_id') ??
    fieldOf(identity, 'chatgpt_account_id') ??
    fieldOf(fieldOf(claims, OF_ACCOUNT), 'chatgpt_account_id');
  if (!isValue(account)) return 'holds one that does not say for which account it is';
  const expiresAtS = fieldOf(claims, 'exp');
  return {
    kind: 'chatgpt',
    token,
    account,
    isFedramp: fieldOf(identity, 'chatgpt_account_is_fedramp') === true,
    // One that does not say is used until it is refused.
    expiresAtMs: typeof expiresAtS === 'number' ? expiresAtS * 1_000 : Number.POSITIVE_INFINITY,
  };
}

/** Anything else can't stand in a header. */
function isValue(value: unknown): value is string {
  return typeof value === 'string' && /^[\x21-\x7e]+$/.test(value);
}
