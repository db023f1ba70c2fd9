// The project that a command is for, and where its state lies. Reads governed.toml for its id alone, so that stopping works while
// the rules are broken.
import { existsSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import {
  findProject,
  homeFolder,
  makeStateFolder,
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
  return join(stateHome({ env, home: homeFolder(env) }), 'exec');
}

/** Where the state can have no place, this says so before anything else is made. */
export function makeStateHome(env: Readonly<Record<string, string | undefined>>): void {
  makeStateFolder(stateHome({ env, home: homeFolder(env) }));
}

export function locateProject(options: ProjectOptions): Project {
  const dir = findProject(startFor(options), options.project, () => {
    const execDir = execProjectDir(process.env);
    return existsSync(join(execDir, 'governed.toml')) ? execDir : null;
  });
  const id = readProjectId(dir);
  const { env } = process;
  return { dir, id, state: stateLayout(stateDir({ env, home: homeFolder(env), projectId: id })) };
}

/** Whoever names the project in full can stop it from a folder that is gone, too. */
function startFor({ project }: ProjectOptions): string {
  return project !== undefined && isAbsolute(project) ? '/' : process.cwd();
}
