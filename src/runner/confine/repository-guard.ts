// A repository in a folder that an agent may write keeps what git starts by itself: its hooks, and the configuration that names programs. The
// agent commits as before; it leaves nothing there that runs as its operator at the next `git status`.
import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Mount } from './jail-parts.ts';

export interface RepositoryGuard {
  /** A place of its own: what is mounted upon can't be renamed away. */
  readonly writable: readonly Mount[];
  readonly readOnly: readonly Mount[];
}

/** Looks at the folders themselves, not at what lies deeper in them. */
export function repositoryGuard(folders: readonly string[]): RepositoryGuard {
  const found = folders.map((folder) => join(folder, '.git'));
  const repositories = found.filter((path) => statSync(path, { throwIfNoEntry: false })?.isDirectory());
  // A worktree or a submodule: a file that says where the repository is.
  const pointers = found.filter((path) => statSync(path, { throwIfNoEntry: false })?.isFile());
  const guarded = repositories.flatMap((path) => {
    mkdirSync(join(path, 'hooks'), { recursive: true });
    return ['hooks', 'config'].map((name) => join(path, name)).filter(exists);
  });
  return { writable: repositories.map(inPlace), readOnly: [...guarded, ...pointers].map(inPlace) };
}

function exists(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}

function inPlace(path: string): Mount {
  return { from: path, at: path };
}
