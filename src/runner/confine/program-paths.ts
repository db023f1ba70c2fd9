// Which files are started with a program: where it is found, the links that lead to its file, and the interpreters that first lines name.
import { closeSync, openSync, readlinkSync, readSync, realpathSync, statSync } from 'node:fs';
import { basename, delimiter, dirname, isAbsolute, join, resolve } from 'node:path';
import { OperationError } from '../../core/fault.ts';
import type { SymbolicLink } from './jail-parts.ts';

export interface ProgramPlaces {
  /** The `PATH` of the agent. */
  readonly path: string;
  readonly cwd: string;
}

const MAX_HOPS = 16;
const SHEBANG_BYTES = 256;

/**
 * Every path that says what is started with a program: its own, those of the links it leads through, and those of the interpreters that
 * first lines name. Throws an OperationError when one can't be found.
 */
export function pathsOfProgram(program: string, search: ProgramPlaces, depth = 0): readonly string[] {
  const start = locate(program, search);
  const real = realpathSync(start);
  const links = linksOf(start, real).map(({ at }) => at);
  const interpreters = depth < 3 ? interpretersOf(real) : [];
  return [start, ...links, real, ...interpreters.flatMap((each) => pathsOfProgram(each, search, depth + 1))];
}

/** The links that lead from a program to its file, in their order. */
export function linksOf(program: string, real: string): readonly SymbolicLink[] {
  const links: SymbolicLink[] = [];
  for (let at = program; at !== real && links.length < MAX_HOPS; ) {
    const to = linkTarget(at);
    if (to === undefined) break;
    links.push({ to, at });
    at = settled(resolve(dirname(at), to));
  }
  return links;
}

export function locate(program: string, { path, cwd }: ProgramPlaces): string {
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

/** Of a script, in the order of its first line. */
export function interpretersOf(path: string): readonly string[] {
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
