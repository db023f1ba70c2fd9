// A cgroup of the run's own, where this user can have one: it bounds the processes and the memory of the whole jail, which limits on each
// process can't, and which they can't at all for root (the kernel exempts root from the count of processes).
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { JailLimits } from './limits.ts';

export interface RunCgroup {
  /** To be entered by the jail before it starts; empty when none can be had. */
  readonly folders: readonly string[];
  readonly bounds: readonly ('processes' | 'memory')[];
  /** Does nothing while processes live in it; those of runs that were left behind go too. */
  release(): void;
}

interface Home {
  readonly dir: string;
  readonly files: Readonly<Record<string, (limits: JailLimits) => number>>;
  readonly bounds: readonly ('processes' | 'memory')[];
}

const PREFIX = 'governed-';
const ROOT = '/sys/fs/cgroup';

export function openCgroup(name: string, limits: JailLimits): RunCgroup {
  const made: string[] = [];
  const bounds: ('processes' | 'memory')[] = [];
  for (const home of homes()) {
    sweep(home.dir);
    const dir = join(home.dir, `${PREFIX}${name}`);
    if (!tryTo(() => mkdirSync(dir))) continue;
    made.push(dir);
    const isSet = Object.entries(home.files).every(([file, value]) =>
      tryTo(() => writeFileSync(join(dir, file), String(value(limits)))),
    );
    if (isSet && existsSync(join(dir, 'cgroup.procs'))) bounds.push(...home.bounds);
    else remove(made.pop());
  }
  return { folders: made, bounds, release: () => made.forEach(remove) };
}

/** The folders of cgroups that this user may make cgroups in, for version 1 and 2. */
function homes(): readonly Home[] {
  const memberships = readLines('/proc/self/cgroup').map((line) => line.split(':'));
  const version1 = memberships.flatMap(([, controllers = '', ...rest]): Home[] => {
    const at = (mount: string): string => join(ROOT, mount, rest.join(':'));
    if (controllers === 'pids')
      return [{ dir: at('pids'), files: { 'pids.max': processes }, bounds: ['processes'] }];
    if (controllers === 'memory') {
      return [{ dir: at('memory'), files: { 'memory.limit_in_bytes': memory }, bounds: ['memory'] }];
    }
    return [];
  });
  const unified = memberships.find(([id, controllers]) => id === '0' && controllers === '');
  const version2 = unified === undefined ? [] : delegated(unified.slice(2).join(':'));
  return [...version2, ...version1].filter(({ dir }) => tryTo(() => accessSync(dir, constants.W_OK)));
}

/** The nearest cgroup upwards that hands the controllers to those inside it. */
function delegated(path: string): readonly Home[] {
  for (let at = path; ; at = at.slice(0, at.lastIndexOf('/'))) {
    const dir = join(ROOT, at);
    const handed = readLines(join(dir, 'cgroup.subtree_control')).flatMap((line) => line.split(' '));
    if (handed.includes('pids') && handed.includes('memory')) {
      return [
        { dir, files: { 'pids.max': processes, 'memory.max': memory }, bounds: ['processes', 'memory'] },
      ];
    }
    if (at === '' || at === '/') return [];
  }
}

const processes = (limits: JailLimits): number => limits.processes;
const memory = (limits: JailLimits): number => limits.memoryBytes;

/** A cgroup with processes in it can't be removed, so what can be is nobody's any more, unless its jail is just about to enter it. */
function sweep(dir: string): void {
  const settledMs = Date.now() - 60_000;
  for (const entry of list(dir).filter((name) => name.startsWith(PREFIX))) {
    const path = join(dir, entry);
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat !== undefined && stat.ctimeMs < settledMs) remove(path);
  }
}

function remove(dir: string | undefined): void {
  if (dir !== undefined) tryTo(() => rmdirSync(dir));
}

function list(dir: string): readonly string[] {
  try {
    return readdirSync(dir);
  } catch {
    // Not ours to see, so there is nothing of ours in it.
    return [];
  }
}

function readLines(path: string): readonly string[] {
  try {
    return readFileSync(path, 'utf8').trim().split('\n');
  } catch {
    // No such version of cgroups here.
    return [];
  }
}

function tryTo(act: () => void): boolean {
  try {
    act();
    return true;
  } catch {
    // The caller does without: what could not be had is said in `bounds`.
    return false;
  }
}
