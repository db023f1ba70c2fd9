import { homedir } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type JailPart, jailParts } from '../../src/runner/confine/jail-parts.ts';
import { type ProbeRun, runProbes } from '../../src/runner/confine/run-probes.ts';
import { isProving } from '../counts.ts';
import { buildPrograms, isRoot, newFolder, type Programs, removeFolders } from './probe-fixture.ts';

type Change = Pick<ProbeRun, 'alter' | 'alterCommand' | 'outerEnv'>;
interface Row {
  readonly name: string;
  readonly change: Change;
  /** Escapes that must succeed then. */
  readonly escapes: readonly string[];
}

const TIMEOUT_MS = 60_000;
let programs: Programs;

beforeAll(async () => {
  programs = await buildPrograms();
}, TIMEOUT_MS);
afterAll(removeFolders);

const without = (...names: string[]): Change => ({
  alter: (parts) => parts.filter(({ name }) => !names.includes(name)),
});
const instead = (of: string, ...args: string[]): Change => ({
  alter: (parts) => parts.map((part) => (part.name === of ? { name: of, args } : part)),
});
const writable = (path: RegExp): Change => ({
  alter: (parts) =>
    parts.map(({ name, args }) =>
      path.test(name)
        ? { name, args: args.map((arg) => (arg === '--ro-bind' ? '--bind' : arg)) }
        : { name, args },
    ),
});
const besides = (...paths: string[]): Change => ({
  alter: (parts) =>
    insert(
      parts,
      paths.flatMap((path) => ['--ro-bind', path, path]),
    ),
});
const withoutLimit = (option: string): Change => ({
  alterCommand: (command) => command.filter((arg) => !arg.startsWith(`--${option}=`)),
});

function insert(parts: readonly JailPart[], args: readonly string[]): readonly JailPart[] {
  const at = parts.findIndex(({ name }) => name === 'own /dev') + 1;
  return [...parts.slice(0, at), { name: 'added', args }, ...parts.slice(at)];
}

/** The folder of the bait's project, as the jail was given it. */
function shown(what: 'project' | 'state', option: string): Change {
  return {
    alter: (parts) => {
      const workspace = parts.find(({ name }) => /^writable .*workspace$/.test(name))?.args[1] ?? '';
      const folder = `${workspace.split('/project/')[0]}/${what}`;
      return insert(
        parts.filter(({ name }) => !name.includes(`/${what}/`)),
        [option, folder, folder],
      );
    },
  };
}

const ROWS: readonly Row[] = [
  {
    name: 'no user namespace',
    change: without('own users', 'an ordinary uid', 'no users inside'),
    escapes: ['namespace.user-by-clone'],
  },
  {
    name: 'user namespaces inside',
    change: without('no users inside'),
    escapes: ['namespace.user-by-clone'],
  },
  {
    name: 'the machine’s processes',
    change: without('own processes'),
    escapes: ['process.see', 'process.signal', 'namespace.pid', 'death.complete'],
  },
  {
    name: 'the machine’s network',
    change: without('own network'),
    escapes: [
      'network.server',
      'network.other-port',
      'network.abstract',
      'network.interfaces',
      'namespace.net',
    ],
  },
  { name: 'the machine’s IPC', change: without('own IPC'), escapes: ['ipc.queue', 'namespace.ipc'] },
  {
    name: 'the machine’s host name',
    change: without('own host name'),
    escapes: ['host.name', 'namespace.uts'],
  },
  { name: 'the machine’s cgroups', change: without('own cgroup view'), escapes: ['namespace.cgroup'] },
  { name: 'no death with the runner', change: without('dies with its runner'), escapes: ['death.complete'] },
  { name: 'the session of outside', change: without('own session'), escapes: ['process.session'] },
  {
    name: 'no filter of calls',
    change: without('filtered calls'),
    escapes: [
      'network.machine-socket',
      'kernel.keys',
      'process.first',
      'process.wake',
      'set-id.chmod',
      'set-id.open',
      'set-id.node',
    ],
  },
  { name: 'a writable /proc', change: without('read-only /proc'), escapes: ['kernel.settings'] },
  { name: 'a writable /dev', change: without('read-only /dev'), escapes: ['flood.hidden-memory'] },
  { name: 'a writable root', change: without('read-only root'), escapes: ['flood.hidden-memory'] },
  {
    name: 'the machine’s /proc',
    change: instead('own /proc', '--bind', '/proc', '/proc'),
    escapes: ['process.see'],
  },
  {
    name: 'the machine’s /tmp',
    change: instead('temporary files', '--bind', '/tmp', '/tmp'),
    escapes: ['read.host-temporary', 'network.named'],
  },
  {
    name: 'an unbounded /tmp',
    change: instead('temporary files', '--tmpfs', '/tmp'),
    escapes: ['flood.temporary'],
  },
  {
    name: 'an unbounded /dev/shm',
    change: instead('bounded /dev/shm', '--tmpfs', '/dev/shm'),
    escapes: ['flood.shared-memory'],
  },
  {
    name: 'the machine’s /dev',
    change: instead('own /dev', '--dev-bind', '/dev', '/dev'),
    escapes: ['inherited.files'],
  },
  {
    name: 'the machine’s users',
    change: instead('read-only /etc/passwd', '--ro-bind', '/etc/passwd', '/etc/passwd'),
    escapes: ['read.users'],
  },
  { name: 'the keyring', change: without('read-only /proc/keys'), escapes: ['kernel.keys'] },
  { name: 'a writable accepted copy', change: writable(/accepted/), escapes: ['write.accepted'] },
  {
    name: 'the machine’s /var',
    change: besides('/var'),
    escapes: ['read.logs', 'read.operator-token', 'read.store'],
  },
  { name: 'the machine’s /sys', change: besides('/sys'), escapes: ['read.devices'] },
  {
    name: 'the state, read-only',
    change: shown('state', '--ro-bind'),
    escapes: ['read.operator-token', 'read.mirror', 'read.keys', 'network.other-gateway', 'link.read'],
  },
  {
    name: 'the project, writable',
    change: shown('project', '--bind'),
    escapes: ['write.rules', 'write.git-hooks', 'link.write', 'link.hard', 'link.rename'],
  },
  {
    name: 'the operator’s environment',
    change: { outerEnv: {} },
    escapes: ['process.environment', 'environment.own'],
  },
  {
    name: 'no limit of open files',
    change: withoutLimit('nofile'),
    escapes: ['flood.open-files', 'limit.nofile'],
  },
  {
    name: 'no limit of file size',
    change: withoutLimit('fsize'),
    escapes: ['flood.file-size', 'limit.fsize'],
  },
  { name: 'no limit of memory', change: withoutLimit('data'), escapes: ['flood.memory', 'limit.data'] },
  { name: 'no limit of processor time', change: withoutLimit('cpu'), escapes: ['limit.cpu'] },
  { name: 'no limit of processes', change: withoutLimit('nproc'), escapes: ['limit.nproc'] },
  { name: 'no limit of core dumps', change: withoutLimit('core'), escapes: ['limit.core'] },
];

/** An ordinary user could not do these anyway. */
const ROWS_OF_ROOT: readonly Row[] = [
  { name: 'the uid of root', change: without('an ordinary uid'), escapes: ['privilege.root'] },
  { name: 'capabilities', change: without('no capabilities'), escapes: ['privilege.capabilities'] },
  {
    name: 'a writable /usr',
    change: writable(/^read-only \/usr$/),
    escapes: ['write.system', 'write.modes'],
  },
  { name: 'a writable door', change: writable(/door/), escapes: ['write.door'] },
  {
    name: 'no cgroup',
    change: { alterCommand: (command) => command.filter((arg) => !arg.startsWith('/sys/fs/cgroup')) },
    escapes: ['flood.processes'],
  },
  {
    name: 'the machine’s own jailer',
    change: {
      alterCommand: (command) => command.map((arg) => (arg.endsWith('/jail/bwrap') ? '/usr/bin/bwrap' : arg)),
    },
    escapes: ['privilege.jailer'],
  },
];

/** What makes a jail usable and holds nothing: what is shown and set, and where the agent starts. */
const NOT_HOLDING = /^(variable |link |working folder$|writable |read-only \/(?!proc\/keys|etc\/passwd))/;
/** Too slow to try each of them wherever the tests run. */
const rows = isProving ? [...ROWS, ...(isRoot ? ROWS_OF_ROOT : [])] : seldom([...ROWS]);
const lines: string[] = [];
const taken = new Set<string>();

function seldom(all: readonly Row[]): readonly Row[] {
  return all.filter((_, index) => index % 3 === 0);
}

/** Notes which parts a change takes out or alters. */
function noted({ alter }: Change): Pick<Change, 'alter'> {
  if (alter === undefined) return {};
  return {
    alter: (parts) => {
      const left = alter(parts);
      const kept = new Set(left.map(({ name, args }) => JSON.stringify([name, args])));
      for (const { name, args } of parts) if (!kept.has(JSON.stringify([name, args]))) taken.add(name);
      return left;
    },
  };
}

describe('Every part of a jail holds something: an escape succeeds with', () => {
  it.each(rows)('$name', { timeout: TIMEOUT_MS }, async ({ name, change, escapes }) => {
    const results = await runProbes({
      ...change,
      ...noted(change),
      bwrap: '/usr/bin/bwrap',
      door: programs.door,
      program: programs.probe,
      folder: newFolder(),
      operatorHome: homedir(),
      isConfined: true,
    });
    const notHeld = results.filter(({ outcome }) => outcome !== 'held').map(({ id }) => id);
    lines.push(`${name.padEnd(32)}${notHeld.length === 0 ? 'nothing' : notHeld.join(', ')}`);
    expect(notHeld).toEqual(expect.arrayContaining([...escapes]));
  });

  const tries = isProving && isRoot ? 'and no part is left out of that' : 'and no unknown part is taken out';
  it(tries, () => {
    console.log(`with one part out, what then succeeds\n${lines.join('\n')}`);
    const parts = jailParts({
      readOnly: [{ from: '/proc/keys', at: '/proc/keys' }],
      writable: [],
      links: [],
      env: {},
      cwd: '/',
      temporaryBytes: 1,
      hasFilter: true,
    });
    const holding = parts.map(({ name }) => name).filter((name) => !NOT_HOLDING.test(name));
    // All of them are taken out as root with the full counts; a seldom run takes some.
    if (isProving && isRoot) expect(holding.filter((name) => !taken.has(name))).toEqual([]);
    expect(taken.size).toBeGreaterThan(5);
    expect(holding.length).toBeGreaterThan(15);
  });
});
