// Lays out what the probes are sent after: a project, a state and a home like real ones, sockets that listen, a process to hurt. Afterwards it
// tells what was really touched, whatever the probes say of themselves.
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type ListenOptions, type Server } from 'node:net';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { temporaryFolder } from '../../config/temporary-folder.ts';
import { faultCode, isMissing } from '../../core/fault-code.ts';
import { type Exit, identify, killTree, type SpawnedTree, spawnTree } from '../../process/entry.ts';
import { socketPlace } from '../socket-place.ts';
import type { JailLimits } from './limits.ts';
import type { Bait } from './probes/bait.ts';

export interface SetBait {
  readonly bait: Bait;
  readonly places: {
    readonly projectDir: string;
    readonly workspace: string;
    readonly stateDir: string;
    readonly runDir: string;
    readonly acceptedFile: string;
    readonly gatewaySocket: string;
  };
  /** Ids of what was touched from where it must not be. */
  touched(): readonly string[];
  remove(): Promise<void>;
}

export interface BaitPlace {
  /** New, and ours alone; on a disk that the workspaces are on. */
  readonly folder: string;
  readonly operatorHome: string;
  readonly bwrap: string;
  readonly door: string;
  readonly limits: JailLimits;
}

export async function setBait({ folder, operatorHome, bwrap, door, limits }: BaitPlace): Promise<SetBait> {
  const canary = `canary-${randomBytes(8).toString('hex')}`;
  const temporary = join(temporaryFolder(), `governed-${canary}`);
  const at = (...names: string[]): string => join(folder, ...names);
  const run = (name: string, ...names: string[]): string => at('state', 'runs', name, ...names);
  const files = {
    operatorToken: at('state', 'keys', `operator-${canary}`),
    store: at('state', 'governed.db'),
    mirror: at('state', 'audit.jsonl'),
    ownRun: run('run_probe', 'tree.json'),
    otherRun: run('run_other', 'transcript.jsonl'),
    project: at('project', 'README.md'),
    otherAgent: at('project', 'agents', 'other', 'agent.toml'),
    gitConfig: at('project', '.git', 'config'),
    rules: at('project', 'governed.toml'),
    policy: at('project', 'policy.toml'),
    agentFile: at('project', 'agents', 'probe', 'agent.toml'),
    accepted: at('state', 'accepted', 'hash', 'agents', 'probe', 'agent.toml'),
    temporary,
    sharedMemory: join('/dev/shm', `governed-${canary}`),
  };
  for (const path of Object.values(files)) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, canary, { mode: 0o600 });
  }
  const workspace = at('project', 'agents', 'probe', 'workspace');
  for (const each of [workspace, at('project', '.git', 'hooks'), run('run_probe', 'home')])
    mkdirSync(each, { recursive: true });

  const connections: string[] = [];
  const listen = listener(connections);
  const server = await listen('network.server', { host: '127.0.0.1', port: 0 });
  const other = await listen('network.other-port', { host: '127.0.0.1', port: 0 });
  const six = await listen('network.port-6', { host: '::1', port: 0 }).catch(() => null);
  const abstractName = `governed-${canary}`;
  const named = socketPlace(`${temporary}.sock`);
  const otherGateway = socketPlace(run('run_other', 'gateway.sock'));
  const gateway = socketPlace(run('run_probe', 'gateway.sock'));
  const sockets = [
    await listen('network.abstract', { path: `\0${abstractName}` }),
    await listen('network.named', { path: named.path }),
    await listen('network.other-gateway', { path: otherGateway.path }),
    await listen(null, { path: gateway.path }),
  ];
  const variable = 'GOVERNED_PROBE_SECRET';
  const victim = await startVictim(canary, { [variable]: canary });
  let victimEnd: Exit | undefined;
  void victim.ended.then((end) => {
    victimEnd = end;
  });
  const own = identify(process.pid);
  const queue = makeQueue();
  const made = {
    'write.git-hooks': at('project', '.git', 'hooks'),
    'write.state': at('state'),
    'write.home': operatorHome,
    'write.beside-workspace': dirname(workspace),
    'write.system': '/usr/bin',
    'write.configuration': '/etc',
    'write.root': '/',
    'write.dev': '/dev',
  } satisfies Bait['made'];
  const bait: Bait = {
    canary,
    workspace,
    secrets: { ...files, keys: at('state', 'keys'), home: someFile(operatorHome) ?? files.project },
    writes: {
      rules: files.rules,
      policy: files.policy,
      agentFile: files.agentFile,
      accepted: files.accepted,
      door,
    },
    made,
    network: {
      serverPort: portOf(server),
      otherPort: portOf(other),
      port6: six === null ? null : portOf(six),
      abstractName,
      namedSocket: named.path,
      otherGateway: otherGateway.path,
    },
    process: {
      victim: victim.handle.root.pid,
      runner: process.pid,
      runnerStart: String(own?.startTicks),
      jailer: fileId(bwrap),
      variable,
    },
    host: {
      name: hostname(),
      namespaces: Object.fromEntries(
        readdirSync('/proc/self/ns').map((kind) => [kind, readlinkSync(`/proc/self/ns/${kind}`)]),
      ),
      queueKey: queue?.key ?? null,
      keyName: makeKey(canary),
    },
    limits,
  };
  return {
    bait,
    places: {
      projectDir: at('project'),
      workspace,
      stateDir: at('state'),
      runDir: run('run_probe'),
      acceptedFile: files.accepted,
      gatewaySocket: gateway.path,
    },
    touched: () => [
      ...new Set(connections),
      ...Object.entries(made).flatMap(([id, folder]) => (existsSync(join(folder, canary)) ? [id] : [])),
      ...(victimEnd === undefined ? [] : ['process.signal']),
      ...(Object.values(files).every((path) => holds(path, canary)) ? [] : ['write.changed']),
    ],
    async remove() {
      for (const each of [server, other, ...(six === null ? [] : [six]), ...sockets]) each.close();
      for (const each of [named, otherGateway, gateway]) each.remove();
      await killTree(victim.handle);
      if (queue !== undefined) spawnSync('ipcrm', ['-q', queue.id]);
      for (const folder of Object.values(made)) rmSync(join(folder, canary), { force: true });
      for (const path of [files.temporary, files.sharedMemory, folder])
        rmSync(path, { recursive: true, force: true });
    },
  };
}

function listener(connections: string[]) {
  return (id: string | null, where: ListenOptions): Promise<Server> =>
    new Promise((resolve, reject) => {
      const server = createServer((socket) => {
        if (id !== null) connections.push(id);
        socket.on('error', () => socket.destroy());
        socket.end('HTTP/1.1 200 OK\r\ncontent-length: 4\r\nconnection: close\r\n\r\ndoor');
      });
      server.once('error', reject);
      server.listen(where, () => resolve(server));
    });
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('A listening port has no number.');
  return address.port;
}

function startVictim(canary: string, env: Readonly<Record<string, string>>): Promise<SpawnedTree> {
  return spawnTree({
    command: ['/bin/sh', '-c', 'sleep 600; :', canary],
    cwd: '/',
    env,
    marker: `GOVERNED_PROBE_VICTIM=${canary}`,
  });
}

/** Any file of the home folder that can be read: it is there, and must not be inside. */
function someFile(folder: string): string | undefined {
  return namesIn(folder)
    .map((name) => join(folder, name))
    .find((path) => {
      try {
        closeSync(openSync(path, 'r'));
        return statSync(path).isFile() && statSync(path).size > 0;
      } catch {
        // Not readable even for its owner.
        return false;
      }
    });
}

function makeQueue(): { readonly id: string; readonly key: number } | undefined {
  const id = spawnSync('ipcmk', ['-Q'], { encoding: 'utf8' }).stdout?.match(/\d+/)?.[0];
  const lines = id === undefined ? [] : readFileSync('/proc/sysvipc/msg', 'utf8').split('\n');
  const key = lines.map((line) => line.trim().split(/\s+/)).find((fields) => fields[1] === id)?.[0];
  return id === undefined || key === undefined ? undefined : { id, key: Number(key) };
}

/** In the user's own keyring, for two minutes. */
function makeKey(name: string): string | null {
  const calls = process.arch === 'arm64' ? { add: 217, control: 219 } : { add: 248, control: 250 };
  // Perl hands a constant on as one that must not be written to.
  const script = `my ($type, $name, $text) = ("user\\0", "${name}\\0", "x"); my $id = syscall(${calls.add}, $type, $name, $text, 1, -4); exit 1 if $id < 0; syscall(${calls.control}, 15, $id, 120); exit 0`;
  return spawnSync('perl', ['-e', script]).status === 0 ? name : null;
}

function fileId(path: string): string {
  const { dev, ino } = statSync(path, { bigint: true });
  return `${dev}:${ino}`;
}

function holds(path: string, text: string): boolean {
  try {
    return readFileSync(path, 'utf8') === text;
  } catch {
    // Moved or removed: not as it was.
    return false;
  }
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    // A user without a home, or with one that is closed to it.
    if (isMissing(error) || faultCode(error) === 'EACCES') return [];
    throw error;
  }
}
