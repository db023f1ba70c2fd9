// Remembers for which very program a probe held: by the bytes of all that is started of it and the arguments it gets, never by the
// version that it says it is. What did not hold is tried again each time.
import { join } from 'node:path';
import { sha256Hex } from '../../core/canonical.ts';
import { OperationError } from '../../core/fault.ts';
import { programHash, readText, writeText } from './program-hash.ts';

export interface ProbedProgram {
  readonly name: 'claude' | 'codex';
  /** What to call it in a sentence. */
  readonly title: string;
  readonly program: string;
  readonly executables: readonly string[];
  /** What it is started with; another set is another probe. */
  readonly args: readonly string[];
  readonly version: number;
  readonly cacheDir: string;
  readonly hint: string;
}

/** `tryGate` gives null when the gate held. Throws an OperationError that says what did not. */
export async function holdsOnce(probed: ProbedProgram, tryGate: () => Promise<string | null>): Promise<void> {
  const { name, executables, args, version, cacheDir } = probed;
  const hashes: string[] = [];
  for (const file of executables) hashes.push(await programHash(file, cacheDir));
  const hash = hashes.length === 1 ? (hashes[0] ?? '') : sha256Hex(hashes.join(' '));
  const given = sha256Hex(JSON.stringify(args)).slice(0, 16);
  const mark = join(cacheDir, `${name}-${hash}-${given}-${version}`);
  if (readText(mark) !== null) return;
  const gap = await tryGate();
  if (gap !== null) throw notGoverned(probed, gap);
  writeText(mark, 'held\n');
}

function notGoverned({ program, title, hint }: ProbedProgram, gap: string): OperationError {
  return new OperationError({
    op: `try whether ${title} can be governed`,
    code: 'adapter_probe_failed',
    message: `${program} can't be governed: ${gap}. Nothing was given to it.`,
    hint,
  });
}
