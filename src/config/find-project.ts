// Finds the project a command is for: the nearest folder upwards that holds governed.toml, or exactly the one that was named.
import { realpathSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { InputError } from '../core/fault.ts';
import { isMissing } from '../core/fault-code.ts';

/** The project's absolute, real path. `named` is what -C or --project said, from `startDir`; `execDir` is asked for the hint: where `exec` has been. */
export function findProject(
  startDir: string,
  named?: string,
  execDir: () => string | null = () => null,
): string {
  if (named !== undefined) return namedProject(resolve(startDir, named), named);
  for (let dir = resolve(startDir); ; dir = dirname(dir)) {
    if (isProject(dir)) return realpathSync(dir);
    if (dir === dirname(dir)) break;
  }
  const elsewhere = execDir();
  throw new InputError({
    code: 'no_project',
    message: `there is no governed.toml in ${resolve(startDir)} nor in any folder above it`,
    path: resolve(startDir),
    hint: `go to your project, name it with -C DIR${elsewhere === null ? '' : ` (what \`governed-agents exec\` ran is in ${elsewhere})`}, or make one here with \`governed-agents init\``,
  });
}

function namedProject(dir: string, named: string): string {
  if (isProject(dir)) return realpathSync(dir);
  throw new InputError({
    code: 'no_project',
    message: `${named} is not a project: it has no governed.toml`,
    path: dir,
    hint: `make one there with \`governed-agents init ${named}\``,
  });
}

/** A symbolic link counts here, so that reading the files can name it as the mistake it is. */
function isProject(dir: string): boolean {
  try {
    return statSync(join(dir, 'governed.toml')).isFile();
  } catch (cause) {
    if (isMissing(cause)) return false;
    throw cause;
  }
}
