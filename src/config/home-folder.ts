// The home folder of this user, by its name: nothing says that it is there. A user that the system has no entry for, as in a container, may have none.
import { userInfo } from 'node:os';
import { faultCode } from '../core/fault-code.ts';

/** The one that the environment names, else the system's own; null where neither does. */
export function homeFolder(env: Readonly<Record<string, string | undefined>>): string | null {
  const named = env['HOME'];
  return named === undefined || named === '' ? systemHome() : named;
}

/** What the system has this user down for; null where it has no entry. */
export function systemHome(): string | null {
  try {
    const { homedir } = userInfo();
    return homedir === '' ? null : homedir;
  } catch (error) {
    if (faultCode(error) !== 'ERR_SYSTEM_ERROR') throw error;
    return null;
  }
}
