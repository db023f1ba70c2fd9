// Remembers for which very program a probe held: by the bytes of all that is started of it and the arguments it gets, never by the
// version that it says it is. What did not hold is tried again each time.
import { readdirSync, realpathSync, statSync } from 'node:fs';
import { join, sep } from 'node:path';
import { sha256Hex } from '../../core/canonical.ts';
import { OperationError } from '../../core/fault.ts';
import { programHash, readText, writeText } from './program-hash.ts';

export interface ProbedProgram {
  readonly name: 'claude' | 'codex';
  /** What to call it in a sentence. */
  readonly title: string;
  readonly program: string;
  /** What it is started with; another set is another probe. */
  readonly args: readonly string[];
  readonly version: number;
  readonly cacheDir: string;
  readonly hint: string;
}

/** `tryGate` gives null when the gate held. Throws an OperationError that says what did not. */
export async function holdsOnce(probed: ProbedProgram, tryGate: () => Promise<string | null>): Promise<void> {
  const { name, program, args, version, cacheDir } = probed;
  const hashes: string[] = [];
  for (const file of executablesOf(program)) hashes.push(await programHash(file, cacheDir));
  const hash = hashes.length === 1 ? (hashes[0] ?? '') : sha256Hex(hashes.join(' '));
  const given = sha256Hex(JSON.stringify(args)).slice(0, 16);
  const mark = join(cacheDir, `${name}-${hash}-${given}-${version}`);
  if (readText(mark) !== null) return;
  const gap = await tryGate();
  if (gap !== null) throw notGoverned(probed, gap);
  writeText(mark, 'held\n');
}

/**
 * The program, and where it is but a script of an npm package, the executables of the packages for this platform that it starts: those
 * that npm puts beside it, with its name and more.
 */
export function executablesOf(program: string): readonly string[] {
  const real = realpathSync(program);
  const parts = real.split(sep);
  const at = parts.lastIndexOf('node_modules');
  if (at < 0) return [real];
  const scoped = parts[at + 1]?.startsWith('@') === true;
  const folder = parts.slice(0, at + (scoped ? 2 : 1)).join(sep);
  const own = parts[at + (scoped ? 2 : 1)] ?? '';
  const beside = readdirSync(folder)
    .filter((each) => each.startsWith(`${own}-`))
    .flatMap((each) => executablesIn(join(folder, each)));
  return [...new Set([real, ...beside])].sort();
}

function executablesIn(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => (statSync(path).mode & 0o111) !== 0);
}

function notGoverned({ program, title, hint }: ProbedProgram, gap: string): OperationError {
  return new OperationError({
    op: `try whether ${title} can be governed`,
    code: 'adapter_probe_failed',
    message: `${program} can't be governed: ${gap}. Nothing was given to it.`,
    hint,
  });
}
