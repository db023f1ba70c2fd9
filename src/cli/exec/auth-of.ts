// With what an agent CLI's model calls go out: the key that its provider's variable names, which stays outside of the agent; or where there is
// none, the login that the CLI itself has. Without either it would only ask again and again, so it is not started.
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { InputError } from '../../core/fault.ts';
import { codexLoginKey, codexLoginKind } from '../../runner/entry.ts';

type Environment = Readonly<Record<string, string | undefined>>;

const LOG_IN_CODEX =
  'log in with `codex login` (a login that it keeps in the keyring of the system can’t be used: cli_auth_credentials_store = "file" in its config.toml)';

/** An API key that `codex login` keeps is taken as if it were exported: the gateway holds it then, and the agent never has it. */
export async function withKeptKey(
  adapter: 'command' | 'claude' | 'codex',
  env: Environment,
): Promise<Environment> {
  if (adapter !== 'codex' || isSet(env, 'OPENAI_API_KEY')) return env;
  const key = await codexLoginKey(env);
  return key === null ? env : { ...env, OPENAI_API_KEY: key };
}

/** `env`: with the key that a login keeps. */
export async function authOf(
  adapter: 'command' | 'claude' | 'codex',
  env: Environment,
): Promise<'key' | 'subscription'> {
  if (adapter === 'command') return 'key';
  const provider = adapter === 'claude' ? 'ANTHROPIC' : 'OPENAI';
  if (isSet(env, `${provider}_API_KEY`)) return 'key';
  if (adapter === 'claude' ? hasClaudeLogin(env) : await hasCodexLogin(env)) return 'subscription';
  // A server of one's own may want no key.
  if (isSet(env, `${provider}_BASE_URL`)) return 'key';
  throw new InputError({
    code: 'no_key',
    message: `${adapter} has nothing to call its model with: ${provider}_API_KEY is not set here, and ${adapter} is not logged in; nothing was started`,
    hint: `export ${provider}_API_KEY, or ${adapter === 'claude' ? 'log in with `claude`' : LOG_IN_CODEX}`,
  });
}

function hasClaudeLogin(env: Environment): boolean {
  return isSet(env, 'CLAUDE_CODE_OAUTH_TOKEN') || existsSync(join(homedir(), '.claude/.credentials.json'));
}

/** A ChatGPT login is for one address: whoever names another server than OpenAI's does not mean that login to be used. */
async function hasCodexLogin(env: Environment): Promise<boolean> {
  const kind = await codexLoginKind(env);
  const isElsewhere = isSet(env, 'OPENAI_BASE_URL') && !isSet(env, 'OPENAI_LOGIN_BASE_URL');
  return kind !== null && !isElsewhere;
}

function isSet(env: Environment, name: string): boolean {
  return env[name] !== undefined && env[name] !== '';
}
