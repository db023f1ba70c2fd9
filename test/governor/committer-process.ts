// Builds a fixture that writes a store into one file, and runs the committer as a process of its own.
import { spawn, spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import type { CommitterTask } from '../fixtures/governor/committer.ts';

const ROOT = resolve(import.meta.dirname, '../..');

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Answers the path of the program, which stands in `dir`. */
export async function buildCommitter(
  dir: string,
  fixture: 'committer' | 'spender' = 'committer',
): Promise<string> {
  const outfile = join(dir, `${fixture}.mjs`);
  await build({
    entryPoints: [join(ROOT, `test/fixtures/governor/${fixture}.ts`)],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    // The native package is taken from the repository, wherever the program stands.
    plugins: [
      {
        name: 'sqlite-from-the-repository',
        setup(on) {
          const path = join(ROOT, 'node_modules/better-sqlite3/lib/index.js');
          on.onResolve({ filter: /^better-sqlite3$/ }, () => ({ path, external: true }));
        },
      },
    ],
  });
  return outfile;
}

export function taskOf(over: Partial<CommitterTask> & Pick<CommitterTask, 'path'>): CommitterTask {
  return {
    name: 'one',
    mode: 'write',
    commits: 20,
    concurrent: 1,
    throwEvery: null,
    synchronous: 'FULL',
    ...over,
  };
}

export function runCommitter(
  program: string,
  task: CommitterTask,
  wrapper: readonly string[] = [],
): Promise<Ended> {
  const [command = '', ...args] = [...wrapper, process.execPath, program, JSON.stringify(task)];
  return new Promise((done, failed) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.on('error', failed);
    child.on('close', (code) => done({ code, stdout, stderr }));
  });
}

/** Fails where system calls can't be seen: what this shows must not be skipped silently. */
export function requireStrace(): void {
  const tried = spawnSync('strace', ['-f', '-o', '/dev/null', 'true'], { encoding: 'utf8' });
  if (tried.status === 0) return;
  const why = tried.error?.message ?? tried.stderr.trim();
  throw new Error(
    `strace does not work here (${why}), so it can't be shown that the sync comes before the answer; install it (Debian: apt-get install strace) and allow ptrace`,
  );
}
