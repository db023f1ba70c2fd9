// Refuses a path that would let a run, or an executor for it, write what governs it, by its text alone; whether it leads elsewhere through
// a link is looked at when the jail is made, or the file is written.
import { posix } from 'node:path';
import { keyProblem } from '../schema/problems.ts';
import type { KeyPath } from '../toml/key-locator.ts';
import type { TomlDocument } from '../toml/read-toml.ts';
import type { ProblemList } from './problem-list.ts';

const GOVERNING = ['governed.toml', 'policy.toml', 'actions', 'agents'];

export function checkWrite(document: TomlDocument, write: readonly string[], problems: ProblemList): void {
  const hint = 'name a folder of the project that holds nothing but what the agent is to write';
  checkEach(document, ['confine', 'write'], write, hint, problems);
}

/** The folders of an executor that writes files: it has no business there either. */
export function checkFolders(
  document: TomlDocument,
  key: KeyPath,
  folders: readonly string[],
  problems: ProblemList,
): void {
  checkEach(document, key, folders, 'name a folder that holds nothing but what is to be written', problems);
}

function checkEach(
  document: TomlDocument,
  key: KeyPath,
  write: readonly string[],
  hint: string,
  problems: ProblemList,
): void {
  write.forEach((written, index) => {
    const why = whyNotWritable(written);
    if (why === null) return;
    problems.add(keyProblem(document, [...key, index], { code: 'write_path_refused', message: why, hint }));
  });
}

function whyNotWritable(written: string): string | null {
  if (posix.normalize(written) === '/') return 'is the whole machine';
  const path = posix.normalize(written).replace(/\/$/, '');
  const parts = path.split('/');
  if (parts.includes('.git')) return `is ${JSON.stringify(written)}, which covers a repository’s .git`;
  if (posix.isAbsolute(path)) return null;
  if (parts[0] === '..') return `is ${JSON.stringify(written)}, which leads out of the project`;
  if (path === '.') return 'is the whole project, with the files that govern it';
  const [first = '', , third] = parts;
  if (!GOVERNING.includes(first) || (first === 'agents' && third === 'workspace')) return null;
  return `is ${JSON.stringify(written)}, which covers or lies in ${first}, and that governs the run`;
}
