// The login of an agent CLI itself, for a run with `auth = "subscription"`: read where its operator is logged in, and given to that run.
// Nothing of it is written anywhere, and it goes to the provider as the CLI sends it.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { OperationError } from '../core/fault.ts';
import type { WireLaunch } from '../server/wire/run.ts';
import { operatorHome } from './confine/operator-home.ts';

/** How Claude Code takes a login without a file of its own. */
const TOKEN = 'CLAUDE_CODE_OAUTH_TOKEN';
const FILE = '.claude/.credentials.json';
const HINT = `Log in with \`claude\`, or make a lasting token with \`claude setup-token\` and start the run with it in ${TOKEN}.`;

/** What the environment of the agent needs for it; a plain command brings a login of its own. */
export async function ownLogin(
  { adapter, auth }: Pick<WireLaunch, 'adapter' | 'auth'>,
  operator: Readonly<Record<string, string | undefined>>,
  nowMs: number,
): Promise<Readonly<Record<string, string>>> {
  if (auth !== 'subscription' || adapter !== 'claude') return {};
  const given = operator[TOKEN];
  if (given !== undefined && given !== '') return { [TOKEN]: given };
  const file = join(operatorHome(operator), FILE);
  const login = loginIn(await readLogin(file));
  if (login === null) throw noLogin(`${file} holds none, and ${TOKEN} is not set`);
  if (login.expiresAtMs <= nowMs) throw noLogin(`the one in ${file} has expired`);
  return { [TOKEN]: login.token };
}

async function readLogin(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error)) throw error;
    throw noLogin(`${file} can’t be read (${String(error.code)}), and ${TOKEN} is not set`);
  }
}

function loginIn(text: string): { readonly token: string; readonly expiresAtMs: number } | null {
  const login = field(parsed(text), 'claudeAiOauth');
  const token = field(login, 'accessToken');
  const expiresAtMs = field(login, 'expiresAt');
  if (typeof token !== 'string' || token === '') return null;
  return { token, expiresAtMs: typeof expiresAtMs === 'number' ? expiresAtMs : Number.POSITIVE_INFINITY };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    // The message of the fault would quote the file.
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

function noLogin(why: string): OperationError {
  return new OperationError({
    op: 'find the login of claude',
    code: 'no_login',
    message: `The run is to use the login of claude itself (auth = "subscription"), and there is none: ${why}.`,
    hint: HINT,
  });
}
