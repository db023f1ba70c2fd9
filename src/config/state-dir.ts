// Decides where a project's state is: outside the project, so that neither a run, nor `git clean`, nor a copy resets it.
import { isAbsolute, join } from 'node:path';
import { InputError, OperationError } from '../core/fault.ts';
import { isId } from '../core/id.ts';

export interface StatePlace {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Null: this user has none. */
  readonly home: string | null;
  readonly projectId: string;
}

/** $GOVERNED_STATE_HOME, else $XDG_STATE_HOME/governed-agents, else ~/.local/state/governed-agents; then the project's id. */
export function stateDir(place: StatePlace): string {
  if (!isId('prj', place.projectId)) {
    throw new InputError({
      code: 'invalid_project_id',
      message: `${JSON.stringify(place.projectId)} is not a project id`,
      path: 'governed.toml',
      hint: 'put back the id that `governed-agents init` made under [project]: prj_ and 26 letters and digits',
    });
  }
  return join(stateHome(place), place.projectId);
}

/** The folder that holds the state of every project of this user. */
export function stateHome(place: Pick<StatePlace, 'env' | 'home'>): string {
  const own = absoluteFrom(place.env, 'GOVERNED_STATE_HOME');
  if (own !== null) return own;
  const shared = absoluteFrom(place.env, 'XDG_STATE_HOME') ?? join(homeOf(place.home), '.local', 'state');
  return join(shared, 'governed-agents');
}

function absoluteFrom(env: StatePlace['env'], name: string): string | null {
  const value = env[name];
  return value === undefined || value === '' ? null : absolute(name, value);
}

function homeOf(home: string | null): string {
  if (home !== null) return absolute('HOME', home);
  throw new OperationError({
    op: 'find the state',
    code: 'no_home',
    message:
      'there is no home folder to keep the state in: HOME is not set, and the system has no entry for this user',
    hint: 'set HOME to a folder that this user may write, or GOVERNED_STATE_HOME to an absolute path',
  });
}

function absolute(name: string, value: string): string {
  if (isAbsolute(value)) return value;
  throw new InputError({
    code: 'relative_state_home',
    message: `${name} is "${value}", which means another folder in every working folder`,
    path: name,
    hint: `set ${name} to an absolute path, or unset it`,
  });
}
