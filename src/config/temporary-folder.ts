// The folder for temporary files: the one that the environment names where it can be used, or the system's own. A name that is left over from
// another login, or longer than what it is needed for, stops nothing.
import { accessSync, constants, realpathSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';

const SYSTEM = '/tmp';

/** A real path. Where neither fits, the one that was named: whoever writes there is told what is wrong with it. */
export function temporaryFolder(mostBytes = Number.POSITIVE_INFINITY): string {
  const named = tmpdir();
  return [named, SYSTEM].flatMap(usable).find((folder) => Buffer.byteLength(folder) <= mostBytes) ?? named;
}

function usable(folder: string): readonly string[] {
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
    return statSync(folder).isDirectory() ? [realpathSync(folder)] : [];
  } catch {
    // Not there, or not for this user.
    return [];
  }
}
