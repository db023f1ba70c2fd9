// Which file or folder a path stood for when it was looked at, so that the door can tell whether it still does: between the look and the mount,
// whoever may write beside it could put a link to something else there.
import { closeSync, constants, fstatSync, openSync, readlinkSync } from 'node:fs';
import { InputError } from '../../core/fault.ts';

export interface LookedAt {
  readonly path: string;
  /** The same outside and inside of the jail. */
  readonly identity: string;
}

/** Of a real path. Throws an InputError when it leads elsewhere by now. */
export function lookedAt(path: string): LookedAt {
  const identity = identityOf(path);
  if (identity !== undefined) return { path, identity };
  throw new InputError({
    code: 'write_path_refused',
    message: `The jail can’t be made: ${path} was replaced meanwhile.`,
    path,
    hint: 'See what replaces it, and start again.',
  });
}

function identityOf(path: string): string | undefined {
  const file = open(path);
  if (file === undefined) return undefined;
  try {
    const { dev, ino } = fstatSync(file, { bigint: true });
    return readlinkSync(`/proc/self/fd/${file}`) === path ? `${dev}:${ino}` : undefined;
  } finally {
    closeSync(file);
  }
}

function open(path: string): number | undefined {
  try {
    return openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch {
    // A link, or nothing any more.
    return undefined;
  }
}
