// Finds a program as the operator's own shell would, so that what a rule calls `claude` is the one that the operator installed.

import { existsSync, realpathSync, statSync } from 'node:fs';
import { basename, delimiter, dirname, join, resolve } from 'node:path';
import { OperationError } from '../../core/fault.ts';
import { isProgram } from '../../process/entry.ts';

/** Absolute. The name is kept, since a program may look at what it is called by. Throws an OperationError when there is none. */
export function findProgram(name: string, env: Readonly<Record<string, string | undefined>>): string {
  const places = name.includes('/')
    ? [resolve(name)]
    : (env['PATH'] ?? '')
        .split(delimiter)
        .flatMap((folder) => (folder.startsWith('/') ? [join(folder, name)] : []));
  const found = places.find(isProgram);
  if (found !== undefined) return join(realpathSync(dirname(found)), basename(found));
  const there = places.find((place) => existsSync(place) && (name.includes('/') || statSync(place).isFile()));
  if (there !== undefined) {
    throw new OperationError({
      op: `find the program ${name}`,
      code: 'program_not_executable',
      message: `${there} is there, but this user may not run it as a program.`,
      hint: 'make it executable with chmod +x, or name the program that is to read it',
    });
  }
  throw new OperationError({
    op: `find the program ${name}`,
    code: 'program_not_found',
    message: `The program ${JSON.stringify(name)} was not found${name.includes('/') ? '' : ' in the PATH of this terminal'}.`,
    hint: `install it, or write its whole path`,
  });
}
