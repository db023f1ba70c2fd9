// Whether this user can have a jail on this machine, found out by making one. If not: what is in the way and how to remove it.

import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { release } from 'node:os';
import { join } from 'node:path';
import { isProgram } from '../../process/entry.ts';
import { type Hindrance, howToGetBwrap } from './how-to-get-bwrap.ts';

export type FoundBwrap =
  | {
      readonly result: 'usable';
      readonly path: string;
      readonly version: string;
      /** Changes whenever the program does. */
      readonly fingerprint: string;
    }
  | {
      readonly result: 'unusable';
      readonly hindrance: Hindrance;
      readonly detail: string;
      readonly hint: string;
    };

/** `--disable-userns` and `--size` are as old as this. */
const OLDEST = [0, 8] as const;
const PATHS = ['/usr/bin', '/bin', '/usr/local/bin'];
/** Of util-linux: what a jail is started with besides. */
const TOOLS = ['prlimit', 'setpriv'];
const TOOL_PATHS = [...PATHS, '/usr/sbin', '/sbin', '/usr/local/sbin'];
const LIMIT_MS = 10_000;

/** Blocks for some milliseconds: it starts the program. */
export function findBwrap(
  platform: NodeJS.Platform = process.platform,
  folders: readonly string[] = PATHS,
  toolFolders: readonly string[] = TOOL_PATHS,
): FoundBwrap {
  if (platform !== 'linux') return unusable('not_linux', `${platform} has no bubblewrap`);
  const path = folders.map((folder) => join(folder, 'bwrap')).find(isProgram);
  if (path === undefined) return unusable('missing', `no bwrap in ${folders.join(', ')}`);
  const tool = TOOLS.find((name) => !toolFolders.some((folder) => isProgram(join(folder, name))));
  if (tool !== undefined) return unusable('missing', `no ${tool} in ${toolFolders.join(', ')}`);
  const said = spawnSync(path, ['--version'], { encoding: 'utf8', timeout: LIMIT_MS }).stdout ?? '';
  const version = said.match(/\d+(\.\d+)+/)?.[0];
  if (version === undefined) return unusable('broken', `${path} --version said ${JSON.stringify(said)}`);
  if (isOlder(version)) return unusable('old', `${path} is ${version}; ${OLDEST.join('.')} is needed`);
  const tried = spawnSync(path, TRIAL, { encoding: 'utf8', timeout: LIMIT_MS, env: {} });
  if (tried.status !== 0) {
    const why =
      (tried.error?.message ?? tried.stderr.trim()) || `it ended with ${tried.status ?? tried.signal}`;
    return unusable('refused', `${path} can’t make a jail for this user: ${why}`);
  }
  const { ino, size, mtimeMs } = statSync(path);
  return {
    result: 'usable',
    path,
    version,
    fingerprint: [path, version, ino, size, mtimeMs, release()].join(' '),
  };
}

/** Everything that a machine may refuse; what the jail holds is for the probes to say. */
const TRIAL = [
  ...[
    '--unshare-user',
    '--uid',
    '1000',
    '--gid',
    '1000',
    '--disable-userns',
    '--unshare-pid',
    '--unshare-net',
  ],
  ...[
    '--unshare-ipc',
    '--unshare-uts',
    '--unshare-cgroup',
    '--cap-drop',
    'ALL',
    '--die-with-parent',
    '--new-session',
  ],
  ...['--ro-bind', '/', '/', '--proc', '/proc', '--dev', '/dev', '--size', '4096', '--tmpfs', '/tmp', 'true'],
];

function unusable(hindrance: Hindrance, detail: string): FoundBwrap {
  return { result: 'unusable', hindrance, detail, hint: howToGetBwrap(hindrance) };
}

function isOlder(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1]);
}
