// Which folders besides its workspace a run may write. A folder that holds, or lies in, something that governs the run is an error: the
// governing files, the state, a repository's .git. So is a path through a link, which may lead elsewhere by the next run.
import { realpathSync, statSync } from 'node:fs';
import { isAbsolute, join, relative, resolve, sep } from 'node:path';
import { InputError } from '../../core/fault.ts';
import { covers, overlaps } from './path-cover.ts';
import { realOrSame } from './real-or-same.ts';

export interface WritePlaces {
  readonly projectDir: string;
  /** What [confine] write says; relative to the project. */
  readonly write: readonly string[];
  readonly workspace: string;
  /** The state folder and whatever else must be out of reach, besides the governing files. */
  readonly hidden: readonly string[];
  readonly home: string;
}

/** What governs a run, in the project's folder. The agents' workspaces lie among it. */
const GOVERNING = ['governed.toml', 'policy.toml', 'actions', 'agents'];

/** Of the machine: whoever writes there decides what its users run. What lies deeper in them is for the operator to know. */
const SYSTEM = [
  '/usr',
  '/etc',
  '/bin',
  '/sbin',
  '/lib',
  '/lib64',
  '/boot',
  '/dev',
  '/proc',
  '/sys',
  '/run',
  '/var',
];

/** The real folders, the workspace first. Throws an InputError that names the path at fault. */
export function writePaths(places: WritePlaces): readonly string[] {
  const project = realOrSame(places.projectDir);
  const workspace = realOrSame(places.workspace);
  const refuse = (path: string, what: string): void => {
    if (covers(path, realOrSame(places.home))) {
      const hint =
        'Start it in a folder of its own; or unconfined, with --confine off or [confine] mode = "off".';
      throw refused(path, `${what}, ${path}, holds the home folder`, hint);
    }
    const governing = GOVERNING.map((name) => join(project, name));
    const hit = [
      ...governing.filter(
        (each) => covers(path, each) || (covers(each, path) && !isOfWorkspace(project, path)),
      ),
      ...places.hidden.map(realOrSame).filter((each) => overlaps(path, each)),
      ...SYSTEM.map(realOrSame).filter((each) => covers(path, each)),
    ][0];
    if (hit !== undefined) throw refused(path, `${what} covers or lies in ${hit}, which is not the agent’s`);
  };
  refuse(workspace, 'the workspace');
  if (workspace !== resolve(places.workspace)) {
    const what = `the workspace, ${places.workspace}, is reached through a link to ${workspace}`;
    throw refused(places.workspace, what, 'Put a folder in the place of the link.');
  }
  const extra = places.write.map((written) => {
    const path = declared(project, written);
    refuse(path, `write path ${JSON.stringify(written)}`);
    if (path.split(sep).includes('.git') || holdsRepository(path)) {
      throw refused(path, `write path ${JSON.stringify(written)} covers a repository’s .git`);
    }
    return path;
  });
  return [workspace, ...extra.filter((path) => !covers(workspace, path))];
}

function declared(project: string, written: string): string {
  const path = isAbsolute(written) ? resolve(written) : join(project, written);
  let real: string;
  try {
    real = realpathSync(path);
  } catch (cause) {
    throw refused(
      path,
      `write path ${JSON.stringify(written)} can’t be found (${String(cause)})`,
      'Make the folder first.',
    );
  }
  if (real !== path) {
    throw refused(
      path,
      `write path ${JSON.stringify(written)} goes through a link to ${real}`,
      `Put a folder in the place of the link; or write ${JSON.stringify(real)}, if that is what the agent may change.`,
    );
  }
  if (!statSync(real).isDirectory()) {
    throw refused(
      path,
      `write path ${JSON.stringify(written)} is not a folder`,
      'Name the folder it lies in.',
    );
  }
  return real;
}

function isOfWorkspace(project: string, path: string): boolean {
  const [agents, , workspace] = relative(project, path).split(sep);
  return agents === 'agents' && workspace === 'workspace';
}

function holdsRepository(path: string): boolean {
  return statSync(join(path, '.git'), { throwIfNoEntry: false }) !== undefined;
}

function refused(
  path: string,
  what: string,
  hint = 'Name a folder that holds nothing but what the agent is to write.',
): InputError {
  return new InputError({
    code: 'write_path_refused',
    message: `The jail can’t be made: ${what}.`,
    path,
    hint,
  });
}
