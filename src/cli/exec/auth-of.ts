// With what an agent CLI's model calls go out: the key that its provider's variable names, which stays outside of the agent; or where there is
// none, the login that the CLI itself has. Without either it would only ask again and again, so it is not started.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../../core/fault.ts';
import { findCodexLogin, operatorHome } from '../../runner/entry.ts';

type Environment = Readonly<Record<string, string | undefined>>;

const LOG_IN_CODEX =
  'log in with `codex login` (a login that it keeps in the keyring of the system can’t be used: cli_auth_credentials_store = "file" in its config.toml)';

export interface Auth {
  readonly auth: 'key' | 'subscription';
  /** With the API key that `codex login` keeps, as if it were exported: the gateway holds it then, and the agent never has it. */
  readonly env: Environment;
}

export async function authOf(adapter: 'command' | 'claude' | 'codex', env: Environment): Promise<Auth> {
  if (adapter === 'command') return { auth: 'key', env };
  const provider = adapter === 'claude' ? 'ANTHROPIC' : 'OPENAI';
  if (isSet(env, `${provider}_API_KEY`)) return { auth: 'key', env };
  const ofCodex = adapter === 'codex' ? await findCodexLogin(env) : null;
  if (ofCodex?.kind === 'api_key') return { auth: 'key', env: { ...env, OPENAI_API_KEY: ofCodex.key } };
  const hasLogin = adapter === 'claude' ? hasClaudeLogin(env) : ofCodex !== null && !isElsewhere(env);
  if (hasLogin) return { auth: 'subscription', env };
  // A server of one's own may want no key.
  if (isSet(env, `${provider}_BASE_URL`)) return { auth: 'key', env };
  throw new InputError({
    code: 'no_key',
    message: `${adapter} has nothing to call its model with: ${provider}_API_KEY is not set here, and ${adapter} is not logged in; nothing was started`,
    hint: `export ${provider}_API_KEY, or ${adapter === 'claude' ? 'log in with `claude`' : LOG_IN_CODEX}`,
  });
}

function hasClaudeLogin(env: Environment): boolean {
  return (
    isSet(env, 'CLAUDE_CODE_OAUTH_TOKEN') || existsSync(join(operatorHome(env), '.claude/.credentials.json'))
  );
}

/** A ChatGPT login is for one address: whoever names another server than OpenAI's does not mean that login to be used. */
function isElsewhere(env: Environment): boolean {
  return isSet(env, 'OPENAI_BASE_URL') && !isSet(env, 'OPENAI_LOGIN_BASE_URL');
}

function isSet(env: Environment, name: string): boolean {
  return env[name] !== undefined && env[name] !== '';
}
