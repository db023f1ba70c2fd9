// What a jail shows of the system itself: its programs and libraries, and the few files of /etc that they cannot do without. An allowlist;
// the users, hosts and name service that are seen inside are written for it and tell nothing of this machine.
import { existsSync, lstatSync, mkdirSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Mount, SymbolicLink } from './jail-parts.ts';
import { JAIL } from './jail-places.ts';

export interface SystemMounts {
  readonly readOnly: readonly Mount[];
  readonly links: readonly SymbolicLink[];
}

const PROGRAM_FOLDERS = ['/usr', '/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libx32'];

/** No private key, no password, no secret of a service: what each holds is public on every machine of its distribution. */
const ETC = [
  'alternatives',
  'ca-certificates',
  'ld.so.cache',
  'ld.so.conf',
  'ld.so.conf.d',
  'localtime',
  'pki/ca-trust/extracted',
  'pki/tls/certs',
  'pki/tls/cert.pem',
  'ssl/cert.pem',
  'ssl/certs',
  'ssl/openssl.cnf',
];

/** Writes the jail's own files of /etc into `scratch`. */
export function systemMounts(scratch: string): SystemMounts {
  const shown = [...PROGRAM_FOLDERS, ...ETC.map((name) => `/etc/${name}`)].filter((path) => existsSync(path));
  // /bin is usually a link into /usr. A file of /etc that is a link is mounted as what it leads to.
  const links = shown.filter((path) => PROGRAM_FOLDERS.includes(path) && lstatSync(path).isSymbolicLink());
  return {
    readOnly: [
      ...shown.filter((path) => !links.includes(path)).map((path) => ({ from: path, at: path })),
      ...ownFiles(scratch),
    ],
    links: links.map((path) => ({ to: readlinkSync(path), at: path })),
  };
}

function ownFiles(scratch: string): readonly Mount[] {
  const dir = join(scratch, 'etc');
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const { user, uid, gid, home, hostname } = JAIL;
  const files = {
    passwd: `${user}:x:${uid}:${gid}::${home}:/bin/sh\nnobody:x:65534:65534::/:/usr/sbin/nologin\n`,
    group: `${user}:x:${gid}:\nnogroup:x:65534:\n`,
    hosts: `127.0.0.1 localhost ${hostname}\n`,
    'nsswitch.conf': 'passwd: files\ngroup: files\nhosts: files\n',
  };
  const mounts = Object.entries(files).map(([name, text]) => ({ name, text, at: `/etc/${name}` }));
  // The kernel lists the keys of the user who started the jail, whatever namespace asks.
  const keys = existsSync('/proc/keys') ? [{ name: 'keys', text: '', at: '/proc/keys' }] : [];
  return [...mounts, ...keys].map(({ name, text, at }) => {
    const from = join(dir, name);
    writeFileSync(from, text, { mode: 0o644 });
    return { from, at };
  });
}
