// Words a fault of the file system, with what a person can do about it.
import { OperationError } from '../../core/fault.ts';
import { faultCode } from '../../core/fault-code.ts';

export function fileFault(op: string, path: string, cause: unknown): OperationError {
  const code = faultCode(cause);
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new OperationError({ op, message: `can’t ${op}: ${reason}`, hint: hintFor(code, path), cause });
}

function hintFor(code: string | null, path: string): string {
  if (code === 'EACCES' || code === 'EPERM') return `give this user access: ls -ld ${path}`;
  if (code === 'ENOSPC' || code === 'EDQUOT') return 'make room on the disk and try again';
  if (code === 'EROFS') return 'the file system is read-only: use another folder';
  if (code === 'ENOENT') return 'it went away meanwhile: try again';
  return `look at ${path} and try again`;
}
