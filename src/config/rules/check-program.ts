// Finds, before anything is accepted, a program of the operator that is not there, and a folder that an executor must never write.
import type { ProgramStart } from '../../core/rules/program-rules.ts';
import { closest } from '../did-you-mean.ts';
import type { Bundle } from '../files/bundle.ts';
import { keyProblem } from '../schema/problems.ts';
import type { KeyPath } from '../toml/key-locator.ts';
import type { TomlDocument } from '../toml/read-toml.ts';
import { checkCommand } from './check-command.ts';
import { checkFolders } from './check-write.ts';
import type { ProblemList } from './problem-list.ts';

/** `key` is the table's. */
export function checkProgram(
  bundle: Bundle,
  document: TomlDocument,
  key: KeyPath,
  start: ProgramStart,
  problems: ProblemList,
): void {
  if (start.kind === 'run') checkCommand(bundle, document, [...key, 'run'], start.command, problems);
  if (start.kind === 'module' && !bundle.files.has(start.path)) {
    const near = closest(start.path, bundle.files.keys());
    const hint = near === null ? 'create the file in actions/' : `did you mean ${near}?`;
    const message = `names ${start.path}, which is not among the governing files`;
    problems.add(keyProblem(document, [...key, 'module'], { code: 'missing_file', message, hint }));
  }
  if (start.kind === 'ready' && start.settings.use === 'write-file')
    checkFolders(document, [...key, 'folders'], start.settings.folders, problems);
}
