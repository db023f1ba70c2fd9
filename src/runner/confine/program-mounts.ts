// Finds the program of a command and what it needs where that lies outside of the system's own folders (nvm, pyenv, npm, ~/.local), so that it
// can be shown inside, and no more: the folder it was installed to, or the one file. Never a home folder, the state or what is protected.
import { closeSync, openSync, readlinkSync, readSync, realpathSync, statSync } from 'node:fs';
import { basename, delimiter, dirname, isAbsolute, join, resolve, sep } from 'node:path';
import { OperationError } from '../../core/fault.ts';
import type { Mount, SymbolicLink } from './jail-parts.ts';
import { covers, overlaps } from './path-cover.ts';

export interface ProgramNeeds {
  readonly readOnly: readonly Mount[];
  readonly links: readonly SymbolicLink[];
}

export interface ProgramSearch {
  /** The `PATH` of the agent. */
  readonly path: string;
  readonly cwd: string;
  /** Real folders that are seen inside already. */
  readonly visible: readonly string[];
  /** Those of them whose content is an agent's, so that nothing in them may say what else is shown. */
  readonly writable: readonly string[];
  /** Real path of the home folder: never shown whole. */
  readonly home: string;
  /** Real paths of which nothing may come into sight: the state, keys. */
  readonly hidden: readonly string[];
}

const MAX_HOPS = 16;
const SHEBANG_BYTES = 256;

/** Version managers whose own folder a shim of theirs needs; nothing but programs is in it. */
const MANAGERS = ['.pyenv', '.nvm', '.rbenv', '.asdf', '.volta', '.nodenv'];

/** What a link or a first line that an agent could have written may lead to: its installation holds programs, never somebody's work. */
const INTERPRETERS = /^(python|pypy|node|npx|tsx|deno|bun|ruby|perl|php|lua|bash|zsh|fish|uv)[\d.]*$/;

/** Throws an OperationError when the program can't be found or must not be shown. */
export function programNeeds(program: string, search: ProgramSearch): ProgramNeeds {
  const found = { readOnly: new Map<string, Mount>(), links: new Map<string, SymbolicLink>() };
  follow(locate(program, search), search, found, 0, false);
  return { readOnly: [...found.readOnly.values()], links: [...found.links.values()] };
}

interface Found {
  readonly readOnly: Map<string, Mount>;
  readonly links: Map<string, SymbolicLink>;
}

function follow(
  program: string,
  search: ProgramSearch,
  found: Found,
  depth: number,
  isFromAgent: boolean,
): void {
  const real = realpathSync(program);
  const isSeen = (path: string): boolean =>
    [...search.visible, ...[...found.readOnly.keys()]].some((folder) => covers(folder, path));
  const show = (place: string): void => {
    found.readOnly.set(place, { from: place, at: place });
  };
  const isNamedByAgent = isFromAgent || search.writable.some((folder) => covers(folder, program));
  if (isNamedByAgent && !isSeen(real) && !INTERPRETERS.test(basename(real))) throw hiddenProgram(real);
  if (!isSeen(real)) show(placeOf(real, search));
  const environment = dirname(dirname(program));
  if (isPythonEnvironment(environment) && !isSeen(environment) && mayBeShown(environment, search)) {
    show(environment);
  }
  for (const { at, to } of linksOf(program, real)) {
    if (!isSeen(at)) found.links.set(at, { to, at });
  }
  if (depth < 3) {
    for (const interpreter of shebang(real)) {
      follow(locate(interpreter, search), search, found, depth + 1, isNamedByAgent);
    }
  }
}

/**
 * Every path that says what is started with a program: its own, those of the links it leads through, and those of the interpreters that
 * first lines name. Throws an OperationError when one can't be found.
 */
export function pathsOfProgram(
  program: string,
  search: Pick<ProgramSearch, 'path' | 'cwd'>,
  depth = 0,
): readonly string[] {
  const start = locate(program, search);
  const real = realpathSync(start);
  const links = linksOf(start, real).map(({ at }) => at);
  const interpreters = depth < 3 ? shebang(real) : [];
  return [start, ...links, real, ...interpreters.flatMap((each) => pathsOfProgram(each, search, depth + 1))];
}

/** The links that lead from a program to its file, in their order. */
function linksOf(program: string, real: string): readonly SymbolicLink[] {
  const links: SymbolicLink[] = [];
  for (let at = program; at !== real && links.length < MAX_HOPS; ) {
    const to = linkTarget(at);
    if (to === undefined) break;
    links.push({ to, at });
    at = settled(resolve(dirname(at), to));
  }
  return links;
}

/** The smallest folder that holds a whole installation, or the file alone. */
function placeOf(real: string, search: ProgramSearch): string {
  const parts = real.split(sep);
  const packages = parts.indexOf('node_modules');
  const manager = parts.findIndex((part) => MANAGERS.includes(part));
  const candidates = [
    ...(packages > 0 ? [parts.slice(0, packages + 1).join(sep)] : []),
    ...(manager > 0 ? [parts.slice(0, manager + 1).join(sep)] : []),
    ...(/^s?bin$/.test(basename(dirname(real))) && isInstallation(dirname(dirname(real)))
      ? [dirname(dirname(real))]
      : []),
    real,
  ];
  const place = candidates.find((each) => mayBeShown(each, search));
  if (place === undefined) throw hiddenProgram(real);
  return place;
}

function mayBeShown(place: string, { home, hidden }: ProgramSearch): boolean {
  return !covers(place, home) && !hidden.some((path) => overlaps(place, path));
}

/** Its programs lead to those of the system, and find their packages beside the place that they were called at. */
function isPythonEnvironment(folder: string): boolean {
  return statSync(join(folder, 'pyvenv.cfg'), { throwIfNoEntry: false })?.isFile() === true;
}

/** ~/.local and ~/.cargo have a bin folder too, beside what is nobody's business. */
function isInstallation(prefix: string): boolean {
  return (
    !['.local', '.cargo', '.bun', '.deno'].includes(basename(prefix)) &&
    ['lib', 'lib64'].some((name) => statSync(join(prefix, name), { throwIfNoEntry: false })?.isDirectory())
  );
}

export function locate(program: string, { path, cwd }: Pick<ProgramSearch, 'path' | 'cwd'>): string {
  const candidates = program.includes('/')
    ? [isAbsolute(program) ? program : join(cwd, program)]
    : path.split(delimiter).flatMap((dir) => (isAbsolute(dir) ? [join(dir, program)] : []));
  const found = candidates.find((each) => {
    const stat = statSync(each, { throwIfNoEntry: false });
    return stat?.isFile() === true && (stat.mode & 0o111) !== 0;
  });
  if (found !== undefined) return settled(found);
  throw new OperationError({
    op: 'find the program of the agent',
    code: 'program_not_found',
    message: `The program ${program} can’t be found${program.includes('/') ? '' : ` in ${path}`}.`,
    hint: 'Install it, or write its full path as the first word of the agent’s command.',
  });
}

/** With the links of its folders resolved, but not its own: programs look at what they are called. */
function settled(path: string): string {
  return join(realpathSync(dirname(path)), basename(path));
}

function shebang(path: string): readonly string[] {
  const line = firstLine(path);
  if (!line.startsWith('#!')) return [];
  const [interpreter, ...words] = line.slice(2).trim().split(/\s+/);
  if (interpreter === undefined || interpreter === '') return [];
  if (basename(interpreter) !== 'env') return [interpreter];
  const named = words.find((word) => !word.startsWith('-') && !word.includes('='));
  return named === undefined ? [interpreter] : [interpreter, named];
}

function firstLine(path: string): string {
  const buffer = Buffer.alloc(SHEBANG_BYTES);
  const file = openSync(path, 'r');
  try {
    return buffer.toString('latin1', 0, readSync(file, buffer, 0, SHEBANG_BYTES, 0)).split('\n', 1)[0] ?? '';
  } finally {
    closeSync(file);
  }
}

function linkTarget(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    // Not a link itself: one of its folders is.
    return undefined;
  }
}

function hiddenProgram(real: string): OperationError {
  return new OperationError({
    op: 'show the program of the agent in its jail',
    code: 'program_hidden',
    message: `The program ${real} must stay out of the agent’s sight: it lies in a folder that does, or is named by a file that an agent may write.`,
    hint: 'Name it in the command itself, or install it elsewhere, for example under /usr/local.',
  });
}
