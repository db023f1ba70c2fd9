// Starts a program as the root of a tree of its own: own session, only the environment that was given, no shell. Nothing
// of its output is kept in memory beyond what a pipe holds, and our own exit does not end it: whoever supervises decides.
import { PassThrough, type Readable, type Writable } from 'node:stream';
import { abilities } from './abilities.ts';
import { handedAsTheyAre, NO_PIPES, type OwnPipes } from './given-streams.ts';
import { explainNotStarted } from './not-started.ts';
import { readStat } from './proc-stat.ts';
import { bootId, type ProcessId } from './process-id.ts';
import type { TreeHandle } from './tree-handle.ts';

export interface SpawnTreeOptions {
  /** The program and its arguments; the program is looked for in the `PATH` of `env`. */
  readonly command: readonly string[];
  readonly cwd: string;
  /** The whole environment of the program, but for the marker. */
  readonly env: Readonly<Record<string, string>>;
  /** `NAME=value`, added to the environment: processes that leave the tree's sessions are found by it. */
  readonly marker: string;
  /** Which of our own streams the program gets itself, instead of a pipe to us. */
  readonly ownPipes?: OwnPipes;
  /**
   * For a program in a jail: descriptor 3 is then a pipe that nobody writes to and that ends with us, however we end, or with the program;
   * and of our own streams it gets none that it could open again.
   */
  readonly hasLifeline?: boolean;
}

const LIFELINE = 3;

export interface Exit {
  readonly exitCode: number | null;
  readonly signal: string | null;
}

export interface SpawnedTree {
  readonly handle: TreeHandle;
  /** Errors of a program that does not read (EPIPE) are expected and never crash. */
  readonly stdin: Writable;
  /** Bytes. Must be read, or the program blocks once the pipe is full. */
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** The end of the root alone, at once: others of the tree may live on and hold the pipes open. */
  readonly ended: Promise<Exit>;
}

export async function spawnTree({
  command,
  cwd,
  env,
  marker,
  ownPipes = NO_PIPES,
  hasLifeline = false,
}: SpawnTreeOptions): Promise<SpawnedTree> {
  const [program, ...args] = command;
  if (program === undefined || program === '') throw new Error('A command needs a program.');
  const [name, value] = splitMarker(marker);
  // Loaded with the first program: what only looks at processes, or signals them, starts in half the time without it.
  const { execa } = await import('execa');
  const handed = handedAsTheyAre(ownPipes, hasLifeline);
  const child = execa(program, args, {
    cwd,
    env: { ...env, [name]: value },
    extendEnv: false,
    detached: true,
    cleanup: false,
    reject: false,
    buffer: false,
    stdio: [
      handed.stdin ? 'inherit' : 'pipe',
      handed.stdout ? 'inherit' : 'pipe',
      'pipe',
      ...(hasLifeline ? (['pipe'] as const) : []),
    ],
  });
  if (child.pid === undefined) {
    const { cause, code } = await child;
    throw explainNotStarted({ program, cwd, path: env['PATH'], code: code ?? 'unknown', cause });
  }
  const handle = { root: rootId(child.pid), marker };
  const ended = new Promise<Exit>((resolve) => {
    child.once('exit', (exitCode, signal) => {
      child.stdio.at(LIFELINE)?.destroy();
      if (ownPipes.stdin && !handed.stdin) process.stdin.destroy();
      resolve({ exitCode, signal });
    });
  });
  // What goes to nobody, and what nothing comes from.
  const stdin: Writable = (ownPipes.stdin ? null : child.stdin) ?? new PassThrough().resume();
  const stdout: Readable = (ownPipes.stdout ? null : child.stdout) ?? new PassThrough().end();
  for (const each of [stdin, child.stdin]) each?.on('error', ignoreUnreadInput);
  if (ownPipes.stdin && child.stdin !== null) process.stdin.pipe(child.stdin);
  if (ownPipes.stdout && child.stdout !== null) passOn(child.stdout);
  return { handle, stdin, stdout: held(stdout), stderr: held(child.stderr), ended };
}

/** What our own stdout does not take, the program must not write in vain: its pipe is closed, as ours is. */
function passOn(output: Readable): void {
  output.pipe(process.stdout);
  process.stdout.once('error', () => output.destroy());
}

/** Unread output of a program that ends would be thrown away by Node; one hop keeps it until somebody reads. */
function held(output: Readable): Readable {
  return output.pipe(new PassThrough());
}

/** A program may end or close its input before it read everything; its exit tells what that meant. */
function ignoreUnreadInput(): void {}

function rootId(pid: number): ProcessId {
  if (!abilities().seesTrees) return { pid, startTicks: 0, bootId: bootId() };
  // Until we return to the event loop even a program that ended is a zombie of ours, so the pid cannot be another's.
  const stat = readStat(pid);
  if (stat === undefined) throw new Error(`Process ${pid} was started, but /proc does not show it.`);
  return { pid, startTicks: stat.startTicks, bootId: bootId() };
}

function splitMarker(marker: string): readonly [string, string] {
  const at = marker.indexOf('=');
  if (at < 1 || at === marker.length - 1 || marker.includes('\0')) {
    throw new Error(`A marker is NAME=value, not ${JSON.stringify(marker)}.`);
  }
  return [marker.slice(0, at), marker.slice(at + 1)];
}
