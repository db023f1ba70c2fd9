// Where a Unix socket can lie: its name has room for 107 bytes, and a longer one is cut without a word.
import { mkdtempSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { temporaryFolder } from '../config/temporary-folder.ts';

const MAX_SOCKET_PATH_BYTES = 100;
const FOLDER = 'governed-';
const NAME = 'gateway.sock';
/** What mkdtemp puts behind the name, and the separators. */
const OWN_BYTES = FOLDER.length + 6 + NAME.length + 2;

export interface SocketPlace {
  readonly path: string;
  /** Whatever was made for it too. */
  remove(): void;
}

/** As wanted, or when that is too long in a new folder for temporary files, which is its user's alone. */
export function socketPlace(wanted: string): SocketPlace {
  const isShort = Buffer.byteLength(wanted) <= MAX_SOCKET_PATH_BYTES;
  const folder = (): string => join(temporaryFolder(MAX_SOCKET_PATH_BYTES - OWN_BYTES), FOLDER);
  const path = isShort ? wanted : join(mkdtempSync(folder()), NAME);
  return {
    path,
    remove: () => rmSync(isShort ? path : dirname(path), { recursive: true, force: true }),
  };
}
