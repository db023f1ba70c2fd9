// The login of an agent CLI itself, for a run with `auth = "subscription"`: read where its operator is logged in, and given to that run
// in its environment alone. Nothing of it is written anywhere, and it goes to the provider as the CLI sends it.
import type { WireLaunch } from '../../server/wire/run.ts';
import { claudeLogin } from './claude-login.ts';
import { CODEX_LOGIN, codexLoginVariables } from './codex-login.ts';
import type { OperatorEnvironment } from './login-file.ts';

/** What the environment of the agent needs for it; a plain command brings a login of its own. Throws an OperationError without one. */
export async function ownLogin(
  { adapter, auth }: Pick<WireLaunch, 'adapter' | 'auth'>,
  operator: OperatorEnvironment,
  nowMs: number,
): Promise<Readonly<Record<string, string>>> {
  if (auth !== 'subscription' || adapter === 'command') return {};
  return adapter === 'claude' ? claudeLogin(operator, nowMs) : codexLoginVariables(operator, nowMs);
}

/** What a person should know of the one that a run has; null: nothing. */
export function aboutLogin(
  adapter: WireLaunch['adapter'],
  login: Readonly<Record<string, string>>,
): string | null {
  const isKeyOfCodex = adapter === 'codex' && CODEX_LOGIN.token in login && !(CODEX_LOGIN.account in login);
  return isKeyOfCodex
    ? 'codex is logged in with an API key: what its calls cost is billed, though it is shown as notional. Export the key as OPENAI_API_KEY, and the gateway keeps it from the agent'
    : null;
}
