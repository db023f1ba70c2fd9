// Decides where a project's state is: outside the project, so that neither a run, nor `git clean`, nor a copy resets it.
import { isAbsolute, join } from 'node:path';
import { InputError } from '../core/fault.ts';
import { isId } from '../core/id.ts';

export interface StatePlace {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
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
  const shared = absoluteFrom(place.env, 'XDG_STATE_HOME') ?? join(place.home, '.local', 'state');
  return join(shared, 'governed-agents');
}

function absoluteFrom(env: StatePlace['env'], name: string): string | null {
  const value = env[name];
  if (value === undefined || value === '') return null;
  if (isAbsolute(value)) return value;
  throw new InputError({
    code: 'relative_state_home',
    message: `${name} is "${value}", which means another folder in every working folder`,
    path: name,
    hint: `set ${name} to an absolute path, or unset it`,
  });
}
