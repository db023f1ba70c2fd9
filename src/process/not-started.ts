// Says why a program could not be started, where it was looked for and what to do. The system's own answer for a
// missing program, a missing folder and a missing interpreter is the same.
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { OperationError } from '../core/fault.ts';

export interface NotStarted {
  readonly program: string;
  readonly cwd: string;
  /** The `PATH` that was searched. */
  readonly path: string | undefined;
  readonly code: string;
  readonly cause: unknown;
}

export function explainNotStarted(start: NotStarted): OperationError {
  const { code, why, hint } = explain(start);
  return new OperationError({
    op: 'start a program',
    message: `Cannot start ${start.program}: ${why}.`,
    code,
    hint,
    cause: start.cause,
  });
}

function explain({ program, cwd, path, code }: NotStarted): { code: string; why: string; hint: string } {
  if (!existsSync(`${resolve(cwd)}/`)) {
    return {
      code: 'missing_folder',
      why: `its working folder ${cwd} does not exist or is not a folder`,
      hint: `Create ${cwd}, or set another cwd.`,
    };
  }
  if (code === 'ENOENT' && !program.includes('/')) {
    const searched = path
      ? `searched PATH=${path}`
      : 'no PATH was set, so the default of the system was searched';
    return {
      code: 'missing_program',
      why: `no program of that name was found (${searched})`,
      hint: `Install ${program}, or name it by its full path.`,
    };
  }
  if (code === 'ENOENT' && existsSync(resolve(cwd, program))) {
    return {
      code: 'missing_interpreter',
      why: 'the file exists, but the interpreter named in its first line does not',
      hint: `Correct the first line of ${resolve(cwd, program)}, or install that interpreter.`,
    };
  }
  if (code === 'ENOENT') {
    return {
      code: 'missing_program',
      why: `there is no file ${resolve(cwd, program)} (PATH is not searched for a name with a slash)`,
      hint: 'Correct the path of the program.',
    };
  }
  if (code === 'EACCES') {
    return {
      code: 'not_executable',
      why: `the system does not allow it to be run${path ? ` (searched PATH=${path})` : ''}`,
      hint: `Make it executable (chmod +x ${program}) and check that its folder may be entered.`,
    };
  }
  return {
    code: 'program_not_started',
    why: `the system refused (${code})`,
    hint: 'Check the limits on processes, memory and open files of this user (ulimit -a).',
  };
}
