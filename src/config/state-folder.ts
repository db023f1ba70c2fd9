// Makes a folder of the state for this user alone, or says what is in the way.
import { mkdirSync } from 'node:fs';
import { OperationError } from '../core/fault.ts';

/** Nothing happens when it is there. Throws an OperationError when it can't be made. */
export function makeStateFolder(dir: string): void {
  try {
    mkdirSync(dir, { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw new OperationError({
      op: 'make the state',
      code: 'state_unwritable',
      message: `the state folder ${dir} can't be made: ${cause instanceof Error ? cause.message : String(cause)}`,
      hint: 'give this user access to it, or set GOVERNED_STATE_HOME to a folder it may write',
      cause,
    });
  }
}
