// Runs the built binary as a person would, in a throwaway folder with a state of its own.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, realpathSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { atTerminal, type Terminal } from './at-terminal.ts';

const BINARY = resolve(import.meta.dirname, '../../dist/main.js');
const LIMIT_MS = 25_000;

export interface Said {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export interface Place {
  readonly root: string;
  /** Where a project is made; not there yet. */
  readonly dir: string;
  readonly stateHome: string;
  /** `governed-agents ARGS…` in `dir`, or in the root while that does not exist. */
  run(args: readonly string[], options?: RunOptions): Promise<Said>;
  /** The same on a pseudo-terminal. */
  atTerminal(args: readonly string[], options?: Pick<RunOptions, 'env' | 'cwd'>): Terminal;
  /** Everything under the root, with sizes and times, but what Node 22 and later keep compiled. */
  listing(): readonly string[];
  remove(): void;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  readonly cwd?: string;
  /** Sent to it when its errors hold this text. */
  readonly signalAt?: { readonly text: string; readonly signal: NodeJS.Signals };
}

export function newPlace(): Place {
  if (!existsSync(BINARY)) throw new Error('build first: npm run build');
  const root = mkdtempSync(join(realpathSync(tmpdir()), 'governed-cli-'));
  const dir = join(root, 'project');
  const stateHome = join(root, 'state');
  return {
    root,
    dir,
    stateHome,
    run: (args, options = {}) => {
      const cwd = options.cwd ?? (existsSync(dir) ? dir : root);
      return runBinary(args, { ...options, cwd, env: { ...plainEnv(root, stateHome), ...options.env } });
    },
    atTerminal: (args, { env = {}, cwd = root } = {}) =>
      atTerminal([process.execPath, BINARY, ...args], cwd, { ...plainEnv(root, stateHome), ...env }),
    listing: () => list(root),
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}

function plainEnv(home: string, stateHome: string): Record<string, string> {
  return { PATH: process.env['PATH'] ?? '', HOME: home, GOVERNED_STATE_HOME: stateHome };
}

function runBinary(
  args: readonly string[],
  options: RunOptions & { readonly cwd: string; readonly env: Record<string, string> },
): Promise<Said> {
  return new Promise((settle, fail) => {
    const child = spawn(process.execPath, [BINARY, ...args], { cwd: options.cwd, env: options.env });
    let out = '';
    let err = '';
    let isSignalled = false;
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      err += text;
      if (options.signalAt !== undefined && !isSignalled && err.includes(options.signalAt.text)) {
        isSignalled = true;
        child.kill(options.signalAt.signal);
      }
    });
    child.stdin.on('error', () => undefined);
    child.stdin.end(options.stdin ?? '');
    const timer = setTimeout(() => child.kill('SIGKILL'), LIMIT_MS);
    child.once('error', fail);
    child.once('close', (code) => {
      clearTimeout(timer);
      settle({ code, out, err });
    });
  });
}

function list(dir: string): readonly string[] {
  return readdirSync(dir, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.split('/')[0] !== '.cache')
    .sort()
    .map((name) => {
      const { size, mtimeMs } = statSync(join(dir, name));
      return `${name} ${size} ${mtimeMs}`;
    });
}
