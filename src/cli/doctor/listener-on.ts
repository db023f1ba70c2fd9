// Which process listens on a port, as far as this user may see: the socket's inode from /proc/net, then whoever holds it.
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

const LISTEN = '0A';

/** "node (pid 1234)", or "another program" where that can't be seen. */
export function listenerOn(host: '127.0.0.1' | '::1', port: number): string {
  const inode = inodeOf(host, port);
  const pid = inode === null ? null : holderOf(inode);
  if (pid === null) return 'another program';
  const name = readOrNull(`/proc/${pid}/comm`)?.trim() ?? 'a program';
  return `${name} (pid ${pid})`;
}

function inodeOf(host: string, port: number): string | null {
  const table = readOrNull(host === '::1' ? '/proc/net/tcp6' : '/proc/net/tcp') ?? '';
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  for (const line of table.split('\n').slice(1)) {
    const [, local, , state, , , , , , inode] = line.trim().split(/\s+/);
    if (local?.endsWith(suffix) === true && state === LISTEN && inode !== undefined) return inode;
  }
  return null;
}

function holderOf(inode: string): string | null {
  for (const pid of entries('/proc').filter((name) => /^\d+$/.test(name))) {
    for (const fd of entries(`/proc/${pid}/fd`)) {
      if (linkOrNull(`/proc/${pid}/fd/${fd}`) === `socket:[${inode}]`) return pid;
    }
  }
  return null;
}

function entries(dir: string): readonly string[] {
  try {
    return readdirSync(dir);
  } catch {
    // Another user's process, or one that ended meanwhile.
    return [];
  }
}

function linkOrNull(path: string): string | null {
  try {
    return readlinkSync(path);
  } catch {
    // Closed meanwhile.
    return null;
  }
}

function readOrNull(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // No /proc here, or gone meanwhile.
    return null;
  }
}
