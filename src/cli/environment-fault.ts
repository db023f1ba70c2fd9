// What whoever typed a command can do something about, though it shows only in the depths of it: the folder that it was typed in is gone.
import { OperationError } from '../core/fault.ts';
import { fieldOf } from '../core/json-object.ts';

/** Null for anything else. */
export function environmentFault(error: unknown): OperationError | null {
  if (fieldOf(error, 'syscall') !== 'uv_cwd') return null;
  return new OperationError({
    op: 'find the working folder',
    code: 'no_working_folder',
    message: 'the folder that this was typed in is not there any more: it was deleted, or moved away',
    hint: 'go to one that is there, for example with `cd ~`, and try again; what is for a project is also done from here with -C and its whole path',
    cause: error,
  });
}
