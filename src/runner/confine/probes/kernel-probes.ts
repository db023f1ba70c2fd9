// Attempts on mounts, namespaces, devices and the kernel's own settings. What could hurt the machine outside is opened, never used.
import {
  closeSync,
  constants,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmdirSync,
  rmSync,
  statSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { attempt, escaped, held, type Probe, worst } from './probe.ts';
import { trySystemCall, tryTool } from './run-tool.ts';

function tool(
  id: string,
  what: string,
  program: string,
  args: (workspace: string) => readonly string[],
): Probe {
  return { id, what, attempt: ({ workspace }) => tryTool(program, args(workspace), workspace) };
}

/** Undone when it succeeds. */
function mount(id: string, what: string, args: () => readonly string[]): Probe {
  return {
    id,
    what,
    attempt: ({ workspace }) => {
      const at = join(workspace, `mount-${process.pid}`);
      mkdirSync(at);
      const finding = tryTool('mount', [...args(), at]);
      if (finding.outcome === 'escaped') tryTool('umount', [at]);
      rmdirSync(at);
      return finding;
    },
  };
}

function open(id: string, what: string, paths: readonly string[], flags: number): Probe {
  return { id, what, attempt: () => worst(paths.map((path) => attempt(() => openOnly(path, flags)))) };
}

function openOnly(path: string, flags: number): string {
  closeSync(openSync(path, flags | constants.O_NONBLOCK));
  return `opened ${path}`;
}

const READ = constants.O_RDONLY;
const WRITE = constants.O_WRONLY;

export const kernelProbes: readonly Probe[] = [
  mount('mount.new', 'mount a file system', () => ['-t', 'tmpfs', 'governed-probe']),
  mount('mount.bind', 'mount one folder on another', () => ['--bind', '/usr']),
  tool('mount.writable', 'make the system’s programs writable', 'mount', () => [
    '-o',
    'remount,bind,rw',
    '/usr',
  ]),
  tool('namespace.user-new', 'make a user namespace, with all capabilities in it', 'unshare', () => [
    '--user',
    '--map-root-user',
    'true',
  ]),
  tool('namespace.mount-new', 'make a mount namespace', 'unshare', () => ['--mount', 'true']),
  tool('namespace.network-new', 'make a network namespace', 'unshare', () => ['--net', 'true']),
  tool('namespace.process-new', 'make a process namespace', 'unshare', () => ['--pid', '--fork', 'true']),
  tool('namespace.enter', 'enter the namespaces of another process', 'nsenter', () => [
    '--target',
    '1',
    '--mount',
    'true',
  ]),
  tool('namespace.chroot', 'change its root', 'chroot', () => ['/', 'true']),
  {
    id: 'namespace.user-by-clone',
    what: 'start a process in a user namespace of its own',
    // CLONE_NEWUSER and SIGCHLD, with the stack of the caller: a fork.
    attempt: () => trySystemCall({ x64: 56, arm64: 220 }, [0x1000_0011, 0, 0, 0, 0]),
  },
  ...['user', 'pid', 'net', 'ipc', 'uts', 'cgroup', 'mnt'].map(
    (kind): Probe => ({
      id: `namespace.${kind}`,
      what: `share the ${kind} namespace of the machine`,
      attempt: ({ host }) => {
        const own = readlinkSync(`/proc/self/ns/${kind}`);
        return own === host.namespaces[kind] ? escaped(own) : held(own);
      },
    }),
  ),
  {
    id: 'host.name',
    what: 'learn the name of the machine',
    attempt: ({ host }) => (hostname() === host.name ? escaped(host.name) : held(hostname())),
  },
  {
    id: 'device.make',
    what: 'make a device',
    attempt: ({ workspace }) => {
      const path = join(workspace, `device-${process.pid}`);
      const finding = tryTool('mknod', [path, 'c', '1', '3']);
      rmSync(path, { force: true });
      return finding;
    },
  },
  {
    id: 'device.disks',
    what: 'read a disk',
    attempt: () =>
      worst([
        held('no disk in sight'),
        ...readdirSync('/dev')
          .filter((name) => statSync(join('/dev', name), { throwIfNoEntry: false })?.isBlockDevice() === true)
          .map((name) => attempt(() => openOnly(join('/dev', name), READ))),
      ]),
  },
  open('device.memory', 'read the memory of the machine', ['/dev/mem', '/dev/port', '/proc/kcore'], READ),
  open('device.log', 'read the log of the kernel', ['/dev/kmsg', '/proc/kmsg'], READ),
  open(
    'device.others',
    'use other devices',
    ['/dev/kvm', '/dev/fuse', '/dev/net/tun', '/dev/vsock', '/dev/userfaultfd', '/dev/loop-control'],
    READ,
  ),
  open(
    'kernel.core-pattern',
    'name a program that the kernel runs outside',
    ['/proc/sys/kernel/core_pattern', '/proc/sys/kernel/modprobe'],
    WRITE,
  ),
  open('kernel.sysrq', 'press the kernel’s keys', ['/proc/sysrq-trigger'], WRITE),
  {
    id: 'kernel.settings',
    what: 'change any setting of the kernel in /proc',
    attempt: () =>
      worst([
        held('none can be opened for writing'),
        ...settings('/proc', 3).map((path) => attempt(() => openOnly(path, WRITE))),
      ]),
  },
  open(
    'kernel.sys',
    'change a setting of the kernel in /sys',
    ['/sys/kernel/mm/ksm/run', '/sys/power/state', '/sys/kernel/uevent_helper'],
    WRITE,
  ),
  {
    id: 'kernel.cgroup',
    what: 'make itself a cgroup of its own',
    attempt: () =>
      worst(
        ['/sys/fs/cgroup', '/sys/fs/cgroup/pids', '/sys/fs/cgroup/unified'].map((folder) =>
          attempt(() => {
            const path = join(folder, `governed-probe-${process.pid}`);
            mkdirSync(path);
            rmdirSync(path);
            return `made and removed ${path}`;
          }),
        ),
      ),
  },
  {
    id: 'kernel.module',
    what: 'load a module into the kernel',
    // Without the privilege the call is refused before it looks at its arguments, which are no module.
    attempt: () => privileged(trySystemCall({ x64: 175, arm64: 105 }, [0, 0, 0])),
  },
  {
    id: 'kernel.reboot',
    what: 'restart the machine',
    // Magic numbers that no kernel takes.
    attempt: () => privileged(trySystemCall({ x64: 169, arm64: 142 }, [0, 0, 0, 0])),
  },
  {
    id: 'kernel.programs',
    what: 'load a program into the kernel (bpf)',
    attempt: () => privileged(trySystemCall({ x64: 321, arm64: 280 }, [0, 0, 0])),
  },
  {
    id: 'kernel.events',
    what: 'watch the kernel (perf)',
    attempt: () => privileged(trySystemCall({ x64: 298, arm64: 241 }, [0, 0, -1, -1, 0])),
  },
  {
    id: 'kernel.keys',
    what: 'read the operator’s keyring',
    attempt: ({ host }) =>
      host.keyName === null
        ? held('this machine has no keyrings')
        : worst([
            // KEYCTL_SEARCH in the user's own keyring.
            trySystemCall({ x64: 250, arm64: 219 }, [10, -4, 'user', host.keyName, 0]),
            keyIsListed(host.keyName) ? escaped('seen in /proc/keys') : held('not in /proc/keys'),
          ]),
  },
  {
    id: 'ipc.queue',
    what: 'see a message queue of the machine',
    attempt: ({ host }) =>
      host.queueKey === null
        ? held('this machine has no message queues')
        : readFileSync('/proc/sysvipc/msg', 'latin1').split(/\s+/).includes(String(host.queueKey))
          ? escaped(`queue ${host.queueKey}`)
          : held('not there'),
  },
];

function keyIsListed(name: string): boolean {
  return readFileSync('/proc/keys', 'latin1').includes(name);
}

/** A call that the privilege would be needed for: any other complaint than that means that it was there. */
function privileged(finding: ReturnType<typeof held>): ReturnType<typeof held> {
  return finding.outcome === 'held' &&
    !/not permitted|permission denied|not implemented|not supported/i.test(finding.detail)
    ? escaped(`not refused, only misused: ${finding.detail}`)
    : finding;
}

/** Files that anyone at all may write by their mode, outside of what belongs to processes. */
function settings(folder: string, depth: number): readonly string[] {
  return list(folder).flatMap((name) => {
    const path = join(folder, name);
    if (folder === '/proc' && /^(\d+|self|thread-self)$/.test(name)) return [];
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat === undefined) return [];
    if (stat.isDirectory()) return depth > 1 ? settings(path, depth - 1) : [];
    return (stat.mode & 0o222) === 0 ? [] : [path];
  });
}

function list(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    // Not ours to see.
    return [];
  }
}
