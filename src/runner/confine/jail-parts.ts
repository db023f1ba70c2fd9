// What a jail is made of, as the options of bubblewrap, each with its name: allowlisted mounts and namespaces of its own. Whatever is not
// listed here does not exist inside. Every part is there because without it some escape succeeds; the tests take each out to see which.
import { JAIL } from './jail-places.ts';

export interface Mount {
  readonly from: string;
  readonly at: string;
}

export interface SymbolicLink {
  readonly to: string;
  readonly at: string;
}

export interface JailSpec {
  readonly readOnly: readonly Mount[];
  readonly writable: readonly Mount[];
  readonly links: readonly SymbolicLink[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly temporaryBytes: number;
  readonly hasFilter: boolean;
}

export interface JailPart {
  readonly name: string;
  readonly args: readonly string[];
}

/** The order counts: a later mount covers an earlier one, and what is made read-only can't be mounted upon. */
export function jailParts(spec: JailSpec): readonly JailPart[] {
  return [
    part('own users', '--unshare-user'),
    part('an ordinary uid', '--uid', JAIL.uid, '--gid', JAIL.gid),
    part('no users inside', '--disable-userns'),
    part('own processes', '--unshare-pid'),
    part('own network', '--unshare-net'),
    part('own IPC', '--unshare-ipc'),
    part('own host name', '--unshare-uts', '--hostname', JAIL.hostname),
    part('own cgroup view', '--unshare-cgroup'),
    part('no capabilities', '--cap-drop', 'ALL'),
    part('dies with its runner', '--die-with-parent'),
    part('own session', '--new-session'),
    ...(spec.hasFilter ? [part('filtered calls', '--seccomp', 9)] : []),
    ...Object.entries(spec.env).map(([name, value]) => part(`variable ${name}`, '--setenv', name, value)),
    part('temporary files', '--perms', '1777', '--size', spec.temporaryBytes, '--tmpfs', JAIL.temporary),
    ...[...spec.links].sort(byDepth).map(({ to, at }) => part(`link ${at}`, '--symlink', to, at)),
    part('own /proc', '--proc', '/proc'),
    part('own /dev', '--dev', '/dev'),
    part('bounded /dev/shm', '--perms', '1777', '--size', spec.temporaryBytes, '--tmpfs', '/dev/shm'),
    ...mounts(spec),
    part('read-only /proc', '--remount-ro', '/proc'),
    part('read-only /dev', '--remount-ro', '/dev'),
    part('read-only root', '--remount-ro', '/'),
    part('working folder', '--chdir', spec.cwd),
  ];
}

/** A folder before what lies in it, so that a writable folder inside a read-only one stays writable, and the other way round. */
function mounts({ readOnly, writable }: JailSpec): readonly JailPart[] {
  return [
    ...readOnly.map((mount) => ({ ...mount, option: '--ro-bind' })),
    ...writable.map((mount) => ({ ...mount, option: '--bind' })),
  ]
    .sort(byDepth)
    .map(({ option, from, at }) =>
      part(`${option === '--bind' ? 'writable' : 'read-only'} ${at}`, option, from, at),
    );
}

function byDepth(a: { readonly at: string }, b: { readonly at: string }): number {
  return a.at.split('/').length - b.at.split('/').length || (a.at < b.at ? -1 : 1);
}

function part(name: string, ...args: readonly (string | number)[]): JailPart {
  return { name, args: args.map(String) };
}
