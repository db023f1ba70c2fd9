// Finds what the program of a command needs where that lies outside of the system's own folders (nvm, pyenv, npm, ~/.local), so that it
// can be shown inside, and no more: the folder it was installed to, or the one file. Never a home folder, the state or what is protected.
import { realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, sep } from 'node:path';
import { OperationError } from '../../core/fault.ts';
import type { Mount, SymbolicLink } from './jail-parts.ts';
import { covers, overlaps } from './path-cover.ts';
import { interpretersOf, linksOf, locate, type ProgramPlaces } from './program-paths.ts';

export interface ProgramNeeds {
  readonly readOnly: readonly Mount[];
  readonly links: readonly SymbolicLink[];
}

export interface ProgramSearch extends ProgramPlaces {
  /** Real folders that are seen inside already. */
  readonly visible: readonly string[];
  /** Those of them whose content is an agent's, so that nothing in them may say what else is shown. */
  readonly writable: readonly string[];
  /** Real path of the home folder: never shown whole. */
  readonly home: string;
  /** Real paths of which nothing may come into sight: the state, keys. */
  readonly hidden: readonly string[];
}

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
    for (const interpreter of interpretersOf(real)) {
      follow(locate(interpreter, search), search, found, depth + 1, isNamedByAgent);
    }
  }
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

function hiddenProgram(real: string): OperationError {
  return new OperationError({
    op: 'show the program of the agent in its jail',
    code: 'program_hidden',
    message: `The program ${real} must stay out of the agent’s sight: it lies in a folder that does, or is named by a file that an agent may write.`,
    hint: 'Name it in the command itself, or install it elsewhere, for example under /usr/local.',
  });
}
