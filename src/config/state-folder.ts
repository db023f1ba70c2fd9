// Makes a folder of the state for this user alone and writes there, or says what is in the way.
import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { InputError, OperationError } from '../core/fault.ts';
import { faultCode } from '../core/fault-code.ts';

/** Nothing happens when it is there. Throws an OperationError when it can't be made. */
export function makeStateFolder(dir: string): void {
  try {
    mkdirSync(dir, { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw unwritable(`the state folder ${dir} can't be made`, trueCause(dir, cause));
  }
}

/** On a disk that may only be read, making several at once says that the last one's parent is not there. */
function trueCause(dir: string, cause: unknown): unknown {
  if (faultCode(cause) !== 'ENOENT') return cause;
  let first = dir;
  while (!existsSync(dirname(first))) first = dirname(first);
  try {
    mkdirSync(first, { mode: 0o700 });
    return cause;
  } catch (found) {
    return found;
  }
}

/** What `write` does to files in `dir`; an OperationError where the system does not let it. */
export function writingState<T>(dir: string, write: () => T): T {
  try {
    return write();
  } catch (cause) {
    if (faultCode(cause) === null || cause instanceof InputError || cause instanceof OperationError)
      throw cause;
    throw unwritable(`the state folder ${dir} can't be written`, cause);
  }
}

function unwritable(what: string, cause: unknown): OperationError {
  return new OperationError({
    op: 'make the state',
    code: 'state_unwritable',
    message: `${what}: ${cause instanceof Error ? cause.message : String(cause)}`,
    hint: isFull(cause)
      ? 'free some space on its disk, or set GOVERNED_STATE_HOME to a folder on another one'
      : 'give this user access to it, or set GOVERNED_STATE_HOME to a folder it may write',
    cause,
  });
}

/** No room on the disk, or none left of what this user may have of it. */
function isFull(cause: unknown): boolean {
  const code = faultCode(cause);
  return code === 'ENOSPC' || code === 'EDQUOT';
}
