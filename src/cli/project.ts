// The project that a command is for, and where its state lies. Reads governed.toml for its id alone, so that stopping works while
// the rules are broken.
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import {
  findProject,
  readProjectId,
  type StateLayout,
  stateDir,
  stateHome,
  stateLayout,
} from '../config/entry.ts';

export interface ProjectOptions {
  readonly project?: string | undefined;
}

export interface Project {
  readonly dir: string;
  readonly id: string;
  readonly state: StateLayout;
}

/** What `exec` works under: a project of this user, beside the states of all projects. */
export function execProjectDir(env: Readonly<Record<string, string | undefined>>): string {
  return join(stateHome({ env, home: homedir() }), 'exec');
}

export function locateProject(options: ProjectOptions): Project {
  const dir = findProject(process.cwd(), options.project, () => {
    const execDir = execProjectDir(process.env);
    return existsSync(join(execDir, 'governed.toml')) ? execDir : null;
  });
  const id = readProjectId(dir);
  return { dir, id, state: stateLayout(stateDir({ env: process.env, home: homedir(), projectId: id })) };
}
