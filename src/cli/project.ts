// The project that a command is for, and where its state lies. Reads governed.toml for its id alone, so that stopping works while
// the rules are broken.
import { homedir } from 'node:os';
import { findProject, readProjectId, type StateLayout, stateDir, stateLayout } from '../config/entry.ts';

export interface ProjectOptions {
  readonly project?: string | undefined;
}

export interface Project {
  readonly dir: string;
  readonly id: string;
  readonly state: StateLayout;
}

export function locateProject(options: ProjectOptions): Project {
  const dir = findProject(process.cwd(), options.project);
  const id = readProjectId(dir);
  return { dir, id, state: stateLayout(stateDir({ env: process.env, home: homedir(), projectId: id })) };
}
