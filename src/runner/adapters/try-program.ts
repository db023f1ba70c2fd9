// Starts a program for a probe and waits for its end, but not for ever; nothing of its tree is left when this resolves.
import { killTree, type SpawnedTree, spawnTree } from '../../process/entry.ts';
import { wait } from '../link/backoff.ts';

export interface Tried {
  /** Null when it came to its end by itself. */
  readonly gap: string | null;
  /** The end of what it wrote to stderr, to be put after a sentence. */
  readonly said: string;
}

const LIMIT_MS = 60_000;
const LONGEST_SAID_CHARS = 500;

export async function tryProgram(
  program: {
    readonly command: readonly string[];
    readonly cwd: string;
    readonly env: Readonly<Record<string, string>>;
  },
  talk: (tree: SpawnedTree) => void,
): Promise<Tried> {
  const tree = await spawnTree({ ...program, marker: `GOVERNED_PROBE=${process.pid}-${Date.now()}` });
  let stderr = '';
  tree.stderr.on('data', (chunk: Buffer) => {
    stderr = `${stderr}${chunk.toString('utf8')}`.slice(-LONGEST_SAID_CHARS);
  });
  talk(tree);
  const timer = new AbortController();
  const end = await Promise.race([tree.ended, wait(LIMIT_MS, timer.signal).then(() => null)]);
  timer.abort();
  await killTree(tree.handle);
  const said = stderr.trim() === '' ? '' : `: ${stderr.trim()}`;
  return { gap: end === null ? `it did not answer within ${LIMIT_MS / 1_000} s${said}` : null, said };
}
