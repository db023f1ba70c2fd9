// What it means that the store's file was removed under whoever has it open.
import { OperationError } from '../core/fault.ts';

export function storeGone(path: string): OperationError {
  return new OperationError({
    op: 'write the store',
    code: 'store_gone',
    message: `the store ${path} was removed or replaced while it was open; nothing is recorded any more`,
    hint: 'stop what runs (`governed-agents kill --all`), put a `governed-agents backup` in its place, and start the server again',
  });
}
