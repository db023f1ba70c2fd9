// Tells faults of the file system apart by their code, and words those a person can do something about.
import { OperationError } from '../../core/fault.ts';

export function faultCode(cause: unknown): string | null {
  if (!(cause instanceof Error) || !('code' in cause)) return null;
  return typeof cause.code === 'string' ? cause.code : null;
}

/** Nothing is there, or a file stands where a folder was expected. */
export function isMissing(cause: unknown): boolean {
  const code = faultCode(cause);
  return code === 'ENOENT' || code === 'ENOTDIR';
}

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
