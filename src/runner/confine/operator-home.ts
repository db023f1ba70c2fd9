// The home folder that stays out of every jail's sight: the one that the environment names, where there is such a folder, or the user's own.
import { statSync } from 'node:fs';
import { homedir, userInfo } from 'node:os';

export function operatorHome(env: Readonly<Record<string, string | undefined>>): string {
  const { HOME } = env;
  return HOME !== undefined && isFolder(HOME) ? HOME : isFolder(homedir()) ? homedir() : userInfo().homedir;
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
