// A program is tried outside of the jail, before it is given anything. So it must be none that an agent may have written: nor it, nor what
// it is started with, nor where that is looked for.
import { delimiter } from 'node:path';
import { OperationError } from '../../core/fault.ts';
import { covers } from '../confine/path-cover.ts';
import { pathsOfProgram } from '../confine/program-paths.ts';
import { realOrSame } from '../confine/real-or-same.ts';

export interface ProgramFiles {
  readonly program: string;
  readonly executables: readonly string[];
}

/** `writable`: folders that an agent may write. Throws an OperationError when the program, or part of it, lies in one. */
export function refuseProgramOfAgent(
  { program, executables }: ProgramFiles,
  path: string,
  writable: readonly string[],
): void {
  if (writable.length === 0) return;
  const search = { path: pathOutside(path, writable), cwd: '/' };
  const found = [...pathsOfProgram(program, search), ...executables].find((each) => isAgents(each, writable));
  if (found === undefined) return;
  throw new OperationError({
    op: 'try the program of the agent',
    code: 'program_in_workspace',
    message: `${found} lies where the agent may write, so an earlier run may have made it what it is. It would be tried outside of the jail, and was not started.`,
    hint: 'Install it outside of that folder, for example with npm install -g, or name another one by its whole path; or run it unconfined, with --confine off or [confine] mode = "off".',
  });
}

/** The folders of a PATH that no agent may write. */
export function pathOutside(path: string, writable: readonly string[]): string {
  return path
    .split(delimiter)
    .filter((folder) => folder.startsWith('/') && !isAgents(folder, writable))
    .join(delimiter);
}

function isAgents(path: string, writable: readonly string[]): boolean {
  const folders = writable.flatMap((folder) => [folder, realOrSame(folder)]);
  return [path, realOrSame(path)].some((each) => folders.some((folder) => covers(folder, each)));
}
