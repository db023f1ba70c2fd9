// Makes a run's jail ready: finds what its program needs, checks what it may write, writes the jail's own files, and gives the command that
// starts it all. Nothing of the operator's environment or folders is in it but what was asked for here.
import { mkdirSync, readdirSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, isAbsolute, join } from 'node:path';
import { openCgroup } from './cgroup.ts';
import { type JailPart, jailParts, type Mount } from './jail-parts.ts';
import { JAIL } from './jail-places.ts';
import { encodeOptions, launchCommand } from './launcher.ts';
import { type JailLimits, prlimitCommand } from './limits.ts';
import { lookedAt } from './looked-at.ts';
import { ownBwrap } from './own-bwrap.ts';
import { covers } from './path-cover.ts';
import { type ProgramSearch, programNeeds } from './program-mounts.ts';
import { locate } from './program-paths.ts';
import { realOrSame } from './real-or-same.ts';
import { repositoryGuard } from './repository-guard.ts';
import { systemCallFilter } from './system-call-filter.ts';
import { systemMounts } from './system-mounts.ts';
import { writePaths } from './write-paths.ts';

export interface JailRequest {
  readonly bwrap: string;
  /** The bundled door, a file of this package. */
  readonly door: string;
  /** Names the jail among those of this machine: the run's id. */
  readonly name: string;
  /** A folder of the run that the agent never sees; removed by `release`. */
  readonly scratch: string;
  readonly command: readonly string[];
  readonly cwd: string;
  /** The whole environment inside. */
  readonly env: Readonly<Record<string, string>>;
  readonly projectDir: string;
  readonly workspace: string;
  readonly write: readonly string[];
  /** Shown read-only: accepted files at their own place, the task. */
  readonly readOnly: readonly Mount[];
  /** The scratch home of the run. */
  readonly home: string;
  readonly gatewaySocket: string;
  /** Must never come into sight: the state folder, keys. What is shown of them on purpose is in `readOnly`. */
  readonly hidden: readonly string[];
  readonly operatorHome: string;
  readonly limits: JailLimits;
}

export interface Jail {
  readonly command: readonly string[];
  /** Of the process outside; inside it is the request's. */
  readonly cwd: string;
  /** Of the process outside, but for the marker. */
  readonly env: Readonly<Record<string, string>>;
  /** It is not made without: by it everything inside ends with whoever started it. */
  readonly hasLifeline: true;
  readonly bounds: readonly ('processes' | 'memory')[];
  /** After the end of the whole tree. */
  release(): void;
}

const SYSTEM_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/**
 * `alter` is for tests, which take parts out.
 * Throws an InputError for a write path that must not be, an OperationError when something can't be found.
 */
export function openJail(
  request: JailRequest,
  alter: (parts: readonly JailPart[]) => readonly JailPart[] = (parts) => parts,
): Jail {
  mkdirSync(request.scratch, { recursive: true, mode: 0o700 });
  const writable = writePaths({ ...request, home: request.operatorHome });
  const guard = repositoryGuard(writable);
  const placesFile = join(request.scratch, 'places.json');
  const meddled = [...writable, ...[...guard.writable, ...guard.readOnly].map(({ at }) => at)];
  writeFileSync(placesFile, JSON.stringify(meddled.map(lookedAt)));
  const system = systemMounts(request.scratch);
  const search = {
    path: request.env['PATH'] ?? SYSTEM_PATH,
    cwd: request.cwd,
    visible: [...system.readOnly, ...request.readOnly].map(({ from }) => from).concat(writable),
    writable,
    home: realOrSame(request.operatorHome),
    hidden: request.hidden.map(realOrSame),
  };
  const [program = '', ...args] = request.command;
  const needs = [program, process.execPath].map((each) => programNeeds(each, search));
  const optionsFile = join(request.scratch, 'options');
  const filter = systemCallFilter(process.arch);
  const filterFile = join(request.scratch, 'filter');
  writeFileSync(filterFile, filter ?? '');
  const parts = jailParts({
    readOnly: unique([
      ...guard.readOnly,
      ...system.readOnly,
      ...needs.flatMap(({ readOnly }) => readOnly),
      ...namedFiles(args, search),
      ...request.readOnly,
      { from: request.door, at: JAIL.door },
      { from: request.gatewaySocket, at: JAIL.gatewaySocket },
      { from: placesFile, at: JAIL.places },
    ]),
    writable: [
      ...writable.map((path) => ({ from: path, at: path })),
      ...guard.writable,
      { from: request.home, at: JAIL.home },
    ],
    links: unique([...system.links, ...needs.flatMap(({ links }) => links)]),
    env: request.env,
    cwd: request.cwd,
    temporaryBytes: request.limits.temporaryBytes,
    hasFilter: filter !== null,
  });
  writeFileSync(optionsFile, encodeOptions(alter(parts)), { mode: 0o600 });
  const cgroup = openCgroup(request.name, request.limits);
  const inside = [
    process.execPath,
    JAIL.door,
    JAIL.gatewaySocket,
    String(JAIL.gatewayPort),
    JAIL.places,
    locate(program, search),
  ];
  return {
    command: launchCommand({
      bwrap: ownBwrap(request.bwrap, request.scratch),
      optionsFile,
      filterFile,
      setpriv: systemTool('setpriv'),
      cgroups: cgroup.folders,
      command: [...prlimitCommand(systemTool('prlimit'), request.limits), ...inside, ...args],
    }),
    cwd: '/',
    env: { PATH: SYSTEM_PATH },
    hasLifeline: true,
    bounds: cgroup.bounds,
    release() {
      cgroup.release();
      rmSync(request.scratch, { recursive: true, force: true });
    },
  };
}

/** The accepted copy of an agent's folder, at the folder's own place; the workspace there is the real one. */
export function agentFolderMounts(snapshotDir: string, agentDir: string): readonly Mount[] {
  return readdirSync(snapshotDir)
    .filter((name) => name !== 'workspace')
    .map((name) => ({ from: join(snapshotDir, name), at: join(agentDir, name) }));
}

/** Of util-linux, which every distribution has. */
function systemTool(name: 'prlimit' | 'setpriv'): string {
  return locate(name, { path: SYSTEM_PATH, cwd: '/' });
}

/** A file that the accepted command names by its full path is meant to be read, unless it is seen anyway, as what an agent could make a link. */
function namedFiles(
  args: readonly string[],
  { visible, hidden }: Pick<ProgramSearch, 'visible' | 'hidden'>,
): readonly Mount[] {
  return args
    .filter((arg) => isAbsolute(arg) && statSync(arg, { throwIfNoEntry: false })?.isFile() === true)
    .filter((path) => {
      const places = [realpathSync(path), join(realpathSync(dirname(path)), basename(path))];
      return ![...visible, ...hidden].some((folder) => places.some((place) => covers(folder, place)));
    })
    .map((path) => ({ from: path, at: path }));
}

function unique<T extends { readonly at: string }>(each: readonly T[]): readonly T[] {
  return [...new Map(each.map((one) => [one.at, one])).values()];
}
