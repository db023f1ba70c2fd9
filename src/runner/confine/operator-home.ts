// The home folder that stays out of every jail's sight: the one that the environment names, where there is such a folder, or the user's own.
import { statSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import { homeFolder, systemHome } from '../../config/entry.ts';

/** As systems name the home of a user who has none. */
const NO_HOME = '/nonexistent';

/** Absolute; it may not be there. */
export function operatorHome(env: Readonly<Record<string, string | undefined>>): string {
  const homes = [env['HOME'] ?? null, homeFolder(process.env), systemHome()];
  return homes.find((home) => home !== null && isFolder(home)) ?? NO_HOME;
}

function isFolder(path: string): boolean {
  return isAbsolute(path) && statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
