// What whoever typed a command can do something about, though it shows only in the depths of it: the folder that it was typed in is gone, or
// a disk is full or may only be read.
import { OperationError } from '../core/fault.ts';
import { faultCode } from '../core/fault-code.ts';
import { fieldOf } from '../core/json-object.ts';

/** Null for anything else. */
export function environmentFault(error: unknown): OperationError | null {
  if (fieldOf(error, 'syscall') === 'uv_cwd') return noWorkingFolder(error);
  return error instanceof OperationError ? null : diskFault(error);
}

const WRITES_NOT: Readonly<Record<string, string>> = {
  ENOSPC: 'a disk is full',
  EDQUOT: 'this user has no more room on a disk',
  EROFS: 'a disk can only be read',
};

function diskFault(error: unknown): OperationError | null {
  const what = WRITES_NOT[faultCode(error) ?? ''];
  if (what === undefined || !(error instanceof Error)) return null;
  return new OperationError({
    op: 'write a file',
    code: 'disk_unwritable',
    message: `${what}: ${error.message}`,
    hint: 'make room on it or make it writable (`df -h` shows each), or set GOVERNED_STATE_HOME, where the state is kept, to a folder on another one',
    cause: error,
  });
}

function noWorkingFolder(cause: unknown): OperationError {
  return new OperationError({
    op: 'find the working folder',
    code: 'no_working_folder',
    message: 'the folder that this was typed in is not there any more: it was deleted, or moved away',
    hint: 'go to one that is there, for example with `cd ~`, and try again; what is for a project is also done from here with -C and its whole path',
    cause,
  });
}
