// The demo's processes are real ones, started as a person would start them: the binary itself, and the agent alone.
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { killTree, type SpawnedTree, spawnTree } from '../../process/entry.ts';

export interface RealProcess {
  readonly tree: SpawnedTree;
  /** Everything it wrote so far, stdout and stderr, by line. */
  readonly lines: readonly string[];
  /** The first line that matches, past or to come; rejects when the process ends without it. */
  line(pattern: RegExp): Promise<RegExpExecArray>;
  /** Its exit code, once its output was read to the end. */
  readonly ended: Promise<number | null>;
  kill(): Promise<void>;
}

export interface StartOptions {
  readonly command: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly name: string;
  readonly onLine?: (text: string) => void;
}

export async function startProcess(options: StartOptions): Promise<RealProcess> {
  const tree = await spawnTree({
    command: options.command,
    cwd: options.cwd,
    env: options.env,
    marker: `GOVERNED_DEMO_PROCESS=${options.name}-${process.pid}`,
  });
  tree.stdin.end();
  const lines: string[] = [];
  const waiting = new Set<() => void>();
  const readers = [tree.stdout, tree.stderr].map((stream) => {
    const reader = createInterface({ input: stream });
    reader.on('line', (text) => {
      lines.push(text);
      options.onLine?.(text);
      for (const look of waiting) look();
    });
    return once(reader, 'close');
  });
  const ended = Promise.all([tree.ended, ...readers]).then(([exit]) => exit.exitCode);
  return {
    tree,
    lines,
    ended,
    line: (pattern) => firstMatch({ pattern, lines, waiting, ended, name: options.name }),
    async kill() {
      await killTree(tree.handle);
    },
  };
}

function firstMatch(search: {
  readonly pattern: RegExp;
  readonly lines: readonly string[];
  readonly waiting: Set<() => void>;
  readonly ended: Promise<unknown>;
  readonly name: string;
}): Promise<RegExpExecArray> {
  return new Promise((resolve, reject) => {
    const look = (): void => {
      for (const text of search.lines) {
        const match = search.pattern.exec(text);
        if (match === null) continue;
        search.waiting.delete(look);
        resolve(match);
        return;
      }
    };
    search.waiting.add(look);
    look();
    void search.ended.then(() => {
      const said = search.lines.slice(-5).join('\n');
      reject(new Error(`${search.name} ended before it said ${search.pattern}. Its last words:\n${said}`));
    });
  });
}
