// Reads a token out of the state's keys/. It stands apart from the making of keys, and loads no cryptography: every short command
// needs one. A file that others may read is refused.
import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { OperationError } from '../core/fault.ts';
import { faultCode } from '../core/fault-code.ts';
import { fileFault } from './files/file-fault.ts';

export type TokenKind = 'operator' | 'viewer' | 'brake' | 'runner';

export const TOKEN_PREFIXES: Readonly<Record<TokenKind, string>> = {
  operator: 'gop_',
  viewer: 'gvw_',
  brake: 'gbr_',
  runner: 'grn_',
};

/** Throws an OperationError when the file is missing, readable by others, or holds no token. */
export function readToken(dir: string, kind: TokenKind): string {
  const path = join(dir, `${kind}.token`);
  const token = readPrivate(path).trim();
  const expected = new RegExp(`^${TOKEN_PREFIXES[kind]}[A-Za-z0-9_-]{43}$`);
  if (expected.test(token)) return token;
  throw unusableKey(
    path,
    `holds no ${kind} token`,
    'move it away, and the next start of the server makes another',
  );
}

export function readPrivate(path: string): string {
  let descriptor: number | null = null;
  try {
    descriptor = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW);
    const { mode } = fstatSync(descriptor);
    if ((mode & 0o077) !== 0)
      throw unusableKey(
        path,
        'can be read by other users',
        `chmod 600 ${path}, and replace the key if others use this machine`,
      );
    return readFileSync(descriptor, 'utf8');
  } catch (cause) {
    if (faultCode(cause) === 'ENOENT')
      throw unusableKey(
        path,
        'does not exist',
        'start the server once with `governed-agents serve`, which makes it',
      );
    throw faultCode(cause) === null || cause instanceof OperationError
      ? cause
      : fileFault('read a key', path, cause);
  } finally {
    if (descriptor !== null) closeSync(descriptor);
  }
}

export function unusableKey(path: string, what: string, hint: string): OperationError {
  return new OperationError({ op: 'read a key', code: 'key_unusable', message: `${path} ${what}`, hint });
}
