// The login that the operator has with Claude Code: the variable that holds one, else the token in its file.
import { join } from 'node:path';
import { fieldOf, parseObject } from '../../core/json-object.ts';
import { operatorHome } from '../confine/operator-home.ts';
import { noLogin, type OperatorEnvironment, readLoginFile } from './login-file.ts';

/** How Claude Code takes a login without a file of its own. */
const TOKEN = 'CLAUDE_CODE_OAUTH_TOKEN';
const FILE = '.claude/.credentials.json';
const HINT = `Log in with \`claude\`, or make a lasting token with \`claude setup-token\` and start the run with it in ${TOKEN}.`;

export async function claudeLogin(
  operator: OperatorEnvironment,
  nowMs: number,
): Promise<Readonly<Record<string, string>>> {
  const given = operator[TOKEN];
  if (given !== undefined && given !== '') return { [TOKEN]: given };
  const file = join(operatorHome(operator), FILE);
  const read = await readLoginFile(file);
  if (read.result === 'unreadable') throw none(`${read.why}, and ${TOKEN} is not set`);
  const login = loginIn(read.text);
  if (login === null) throw none(`${file} holds none, and ${TOKEN} is not set`);
  if (login.expiresAtMs <= nowMs) throw none(`the one in ${file} has expired`);
  return { [TOKEN]: login.token };
}

function loginIn(text: string): { readonly token: string; readonly expiresAtMs: number } | null {
  const login = fieldOf(parseObject(text), 'claudeAiOauth');
  const token = fieldOf(login, 'accessToken');
  const expiresAtMs = fieldOf(login, 'expiresAt');
  if (typeof token !== 'string' || token === '') return null;
  return { token, expiresAtMs: typeof expiresAtMs === 'number' ? expiresAtMs : Number.POSITIVE_INFINITY };
}

function none(why: string): Error {
  return noLogin('claude', why, HINT);
}
