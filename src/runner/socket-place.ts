// Where a Unix socket can lie: its name has room for 107 bytes, and a longer one is cut without a word.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const MAX_SOCKET_PATH_BYTES = 100;

export interface SocketPlace {
  readonly path: string;
  /** Whatever was made for it too. */
  remove(): void;
}

/** As wanted, or when that is too long in a new folder for temporary files, which is its user's alone. */
export function socketPlace(wanted: string): SocketPlace {
  const isShort = Buffer.byteLength(wanted) <= MAX_SOCKET_PATH_BYTES;
  const path = isShort ? wanted : join(mkdtempSync(join(tmpdir(), 'governed-')), 'gateway.sock');
  return {
    path,
    remove: () => rmSync(isShort ? path : dirname(path), { recursive: true, force: true }),
  };
}
