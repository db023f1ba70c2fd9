// With what an agent CLI's model calls go out: the key that its provider's variable names, which stays outside of the agent; or where there is
// none, the login that claude itself has. Without either it would only ask again and again, so it is not started.
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { InputError } from '../../core/fault.ts';

type Environment = Readonly<Record<string, string | undefined>>;

export function authOf(adapter: 'command' | 'claude' | 'codex', env: Environment): 'key' | 'subscription' {
  if (adapter === 'command') return 'key';
  const provider = adapter === 'claude' ? 'ANTHROPIC' : 'OPENAI';
  if (isSet(env, `${provider}_API_KEY`)) return 'key';
  if (adapter === 'claude' && hasLogin(env)) return 'subscription';
  // A server of one's own may want no key.
  if (isSet(env, `${provider}_BASE_URL`)) return 'key';
  throw new InputError({
    code: 'no_key',
    message: `${adapter} has nothing to call its model with: ${provider}_API_KEY is not set here${adapter === 'claude' ? ', and claude is not logged in' : ''}; nothing was started`,
    hint:
      adapter === 'claude'
        ? 'export ANTHROPIC_API_KEY, or log in with `claude`'
        : 'export OPENAI_API_KEY; a ChatGPT login of codex can’t be used under governance yet',
  });
}

function hasLogin(env: Environment): boolean {
  return isSet(env, 'CLAUDE_CODE_OAUTH_TOKEN') || existsSync(join(homedir(), '.claude/.credentials.json'));
}

function isSet(env: Environment, name: string): boolean {
  return env[name] !== undefined && env[name] !== '';
}
