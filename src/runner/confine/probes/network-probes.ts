// Attempts to reach anything but the door.
import { createSocket } from 'node:dgram';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { connect, type NetConnectOpts } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Bait } from './bait.ts';
import { attempt, escaped, type Finding, held, type Probe, refusal, worst } from './probe.ts';
import { trySystemCall } from './run-tool.ts';

const LIMIT_MS = 1_500;
/** Reserved for documentation: nobody answers there, so a packet that leaves meets silence. */
const NOWHERE = '192.0.2.1';

/** Connected, or left without an answer: both mean that something went out. */
function reach(options: NetConnectOpts): Promise<Finding> {
  return new Promise((resolve) => {
    const socket = connect(options);
    const end = (finding: Finding): void => {
      socket.destroy();
      resolve(finding);
    };
    socket.setTimeout(LIMIT_MS, () => end(escaped('it went out unanswered')));
    socket.once('connect', () => end(escaped('connected')));
    socket.once('error', (error) => end(refusal(error)));
  });
}

/** No answer of any kind may come from there, not even a refusal: only a machine without a way out says so at once. */
async function reachOutside(host: string): Promise<Finding> {
  const finding = await reach({ host, port: 80 });
  return finding.outcome === 'held' && /ECONNREFUSED|EHOSTUNREACH/.test(finding.detail)
    ? escaped(`it went out: ${finding.detail}`)
    : finding;
}

function outside(id: string, what: string, host: string): Probe {
  return { id, what, attempt: () => reachOutside(host) };
}

function port(id: string, what: string, options: (bait: Bait) => NetConnectOpts | null): Probe {
  return {
    id,
    what,
    attempt: (bait) => {
      const target = options(bait);
      return target === null ? held('this machine has no such address') : reach(target);
    },
  };
}

const AF_VSOCK = 40;
const AF_ALG = 38;
const AF_PACKET = 17;
const SOCK_STREAM = 1;
const SOCK_RAW = 3;
const SOCK_SEQPACKET = 5;
const SOCKET = { x64: 41, arm64: 198 };

function family(id: string, what: string, args: readonly number[]): Probe {
  return { id, what, attempt: () => trySystemCall(SOCKET, args) };
}

export const networkProbes: readonly Probe[] = [
  port('network.server', 'reach the server', ({ network }) => ({
    host: '127.0.0.1',
    port: network.serverPort,
  })),
  port('network.other-port', 'reach another port of the machine', ({ network }) => ({
    host: '127.0.0.1',
    port: network.otherPort,
  })),
  port('network.port-6', 'reach a port of the machine at [::1]', ({ network }) =>
    network.port6 === null ? null : { host: '::1', port: network.port6 },
  ),
  port('network.abstract', 'reach an abstract socket of the machine', ({ network }) => ({
    path: `\0${network.abstractName}`,
  })),
  port('network.named', 'reach a named socket of the machine', ({ network }) => ({
    path: network.namedSocket,
  })),
  port('network.other-gateway', 'reach the gateway of another run', ({ network }) => ({
    path: network.otherGateway,
  })),
  outside('network.outside', 'reach the network', NOWHERE),
  outside('network.outside-6', 'reach the network over IPv6', '2001:db8::1'),
  outside('network.metadata', 'reach the metadata service of a cloud machine', '169.254.169.254'),
  {
    id: 'network.services',
    what: 'reach a service of the machine by its well-known socket',
    attempt: async () =>
      worst([held('none in sight'), ...(await Promise.all(services().map((path) => reach({ path }))))]),
  },
  {
    id: 'network.datagram',
    what: 'send a datagram out, as a DNS query is',
    attempt: () =>
      new Promise((resolve) => {
        const socket = createSocket('udp4');
        socket.once('error', (error) => resolve(refusal(error)));
        socket.send('governed probe', 53, NOWHERE, (error) => {
          socket.close();
          resolve(error === null ? escaped('sent') : refusal(error));
        });
      }),
  },
  {
    id: 'network.interfaces',
    what: 'use an interface of the machine',
    attempt: () => {
      const names = readFileSync('/proc/net/dev', 'utf8')
        .split('\n')
        .slice(2)
        .flatMap((line) => line.split(':')[0]?.trim() || []);
      const others = names.filter((name) => name !== 'lo');
      const addresses = Object.values(networkInterfaces())
        .flat()
        .filter((each) => each?.internal === false);
      return others.length + addresses.length === 0 ? held('only its own lo') : escaped(others.join(', '));
    },
  },
  {
    id: 'network.connections',
    what: 'see the connections of the machine',
    attempt: ({ network }) => {
      const port = network.serverPort.toString(16).toUpperCase().padStart(4, '0');
      return readFileSync('/proc/net/tcp', 'latin1').includes(`:${port} `)
        ? escaped(`port ${network.serverPort}`)
        : held('not there');
    },
  },
  {
    id: 'network.unix-list',
    what: 'see the sockets of the machine',
    attempt: ({ network }) =>
      readFileSync('/proc/net/unix', 'latin1').includes(network.abstractName)
        ? escaped(network.abstractName)
        : held('not there'),
  },
  family('network.raw', 'make a raw socket', [2, SOCK_RAW, 1]),
  family('network.packet', 'listen to packets', [AF_PACKET, SOCK_RAW, 0x0300]),
  family('network.machine-socket', 'talk to what hosts this machine (AF_VSOCK knows no network namespace)', [
    AF_VSOCK,
    SOCK_STREAM,
    0,
  ]),
  family('network.kernel-crypto', 'talk to the kernel’s own crypto (AF_ALG)', [AF_ALG, SOCK_SEQPACKET, 0]),
  {
    id: 'network.agent-socket',
    what: 'use the operator’s SSH or GPG agent',
    attempt: async () => {
      const path = process.env['SSH_AUTH_SOCK'];
      const found = attempt(() => readdirSync('/run/user').join(', '));
      return path === undefined ? found : worst([found, await reach({ path })]);
    },
  },
];

function services(): readonly string[] {
  const uid = process.getuid?.() ?? 0;
  const display = attemptList('/tmp/.X11-unix').map((name) => join('/tmp/.X11-unix', name));
  const known = [
    ...[
      '/run/docker.sock',
      '/var/run/docker.sock',
      '/run/containerd/containerd.sock',
      '/run/podman/podman.sock',
    ],
    ...['/run/dbus/system_bus_socket', '/run/systemd/private', '/run/systemd/notify', '/run/snapd.socket'],
    ...[`/run/user/${uid}/bus`, `/run/user/${uid}/wayland-0`, `/run/user/${uid}/gnupg/S.gpg-agent`],
    ...['/run/postgresql/.s.PGSQL.5432', '/var/run/mysqld/mysqld.sock', join(tmpdir(), '.s.PGSQL.5432')],
  ];
  return [...known, ...display].filter((path) => existsSync(path));
}

function attemptList(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    // No such folder, so nothing to connect to.
    return [];
  }
}
