// A repository in a folder that an agent may write keeps what git starts by itself: its hooks, and the configuration that names programs. The
// agent commits as before, and so can add a repository of its own inside, or a `commondir`: those are not held, and SECURITY.md says so.
// What an earlier run left there is not believed: a link would be mounted as whatever it leads to.
import { lstatSync, mkdirSync, type Stats } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../../core/fault.ts';
import type { Mount } from './jail-parts.ts';

export interface RepositoryGuard {
  /** A place of its own: what is mounted upon can't be renamed away. */
  readonly writable: readonly Mount[];
  readonly readOnly: readonly Mount[];
}

/** Looks at the folders themselves, not at what lies deeper in them. Throws an InputError for a link where nothing but git's own may be. */
export function repositoryGuard(folders: readonly string[]): RepositoryGuard {
  const found = folders.map((folder) => join(folder, '.git'));
  const repositories = found.filter((path) => look(path)?.isDirectory());
  // A worktree or a submodule: a file that says where the repository is.
  const pointers = found.filter((path) => look(path)?.isFile());
  const guarded = repositories.flatMap((path) => {
    const [hooks, config] = [join(path, 'hooks'), join(path, 'config')];
    if (look(hooks) === undefined) mkdirSync(hooks);
    if (look(hooks)?.isDirectory() !== true) throw notGits(hooks, 'a folder');
    if (look(config) !== undefined && look(config)?.isFile() !== true) throw notGits(config, 'a file');
    return look(config) === undefined ? [hooks] : [hooks, config];
  });
  return { writable: repositories.map(inPlace), readOnly: [...guarded, ...pointers].map(inPlace) };
}

/** Of the path itself, wherever it may lead. */
function look(path: string): Stats | undefined {
  return lstatSync(path, { throwIfNoEntry: false });
}

function notGits(path: string, what: string): InputError {
  return new InputError({
    code: 'repository_refused',
    message: `The jail can’t be made: ${path} is not ${what}, but a link or something else. An agent may have left it there.`,
    path,
    hint: `See where it leads, and put ${what} in its place.`,
  });
}

function inPlace(path: string): Mount {
  return { from: path, at: path };
}
