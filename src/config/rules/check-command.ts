// Finds a command that names a file of the project which is not there, before anything is started with it.
import { posix } from 'node:path';
import { closest } from '../did-you-mean.ts';
import type { Bundle } from '../files/bundle.ts';
import { governingPath } from '../files/resolve-command.ts';
import { keyProblem } from '../schema/problems.ts';
import type { KeyPath } from '../toml/key-locator.ts';
import type { TomlDocument } from '../toml/read-toml.ts';
import type { ProblemList } from './problem-list.ts';

const INTERPRETERS = new Set([
  'bash',
  'bun',
  'deno',
  'node',
  'perl',
  'php',
  'python',
  'python3',
  'ruby',
  'sh',
  'tsx',
  'zsh',
]);

/** The file is the program when it is named with a slash, and the first argument of a program that runs scripts. */
export function checkCommand(
  bundle: Bundle,
  document: TomlDocument,
  key: KeyPath,
  command: readonly string[],
  problems: ProblemList,
): void {
  const base = posix.dirname(document.path);
  const [program = '', script = ''] = command;
  const index = program.includes('/')
    ? 0
    : INTERPRETERS.has(program) && /^[^-/].*\.\w+$/.test(script)
      ? 1
      : null;
  const named = index === null ? undefined : command[index];
  if (index === null || named === undefined || named.startsWith('/')) return;
  if (governingPath(named, { base, bundle }) !== null) return;
  const path = posix.join(base, named);
  const near = closest(path, bundle.files.keys());
  problems.add(
    keyProblem(document, [...key, index], {
      code: 'missing_file',
      message: `names ${path}, which is not among the governing files`,
      hint:
        near === null
          ? 'create the file in actions/ or in the agent’s folder (not in its workspace)'
          : `did you mean ${near}?`,
    }),
  );
}
