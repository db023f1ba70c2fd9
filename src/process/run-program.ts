// Runs a short program (an executor, a notifier) to its end. Whatever happens, nothing that it started is left behind,
// what it may write and how long it may take are bounded, and every way it can end is a value.
import { setTimeout as delay } from 'node:timers/promises';
import { OperationError } from '../core/fault.ts';
import { captureHead, captureTail } from './captured-output.ts';
import { type KillResult, killTree } from './kill-tree.ts';
import { type Exit, type SpawnedTree, type SpawnTreeOptions, spawnTree } from './spawn-tree.ts';
import type { TreeHandle } from './tree-handle.ts';

export interface RunProgramOptions extends SpawnTreeOptions {
  readonly stdin: string | Uint8Array;
  readonly timeLimitMs: number;
  readonly maxStdoutBytes?: number;
  /** Told before anything is written to the program, so that its tree can be recorded. */
  readonly onStarted?: (handle: TreeHandle) => void;
}

interface Output {
  readonly stdout: string;
  /** The last 8 KiB. */
  readonly stderrTail: string;
  readonly elapsedMs: number;
}

export type ProgramResult =
  /** `leftBehind` counts the processes that still ran when the program ended; they were killed. */
  | ({ readonly result: 'exited'; readonly leftBehind: number } & Exit & Output)
  | ({ readonly result: 'timed_out'; readonly timeLimitMs: number; readonly kill: KillResult } & Output)
  | ({ readonly result: 'output_too_large'; readonly maxBytes: number; readonly kill: KillResult } & Output)
  | { readonly result: 'not_started'; readonly fault: OperationError };

const DEFAULT_MAX_STDOUT_BYTES = 1024 * 1024;
const STDERR_TAIL_BYTES = 8 * 1024;
/** A process that escaped the tree may hold a pipe open: its output is not waited for. */
const PIPE_CLOSE_LIMIT_MS = 1_000;

export async function runProgram(options: RunProgramOptions): Promise<ProgramResult> {
  const { timeLimitMs, maxStdoutBytes = DEFAULT_MAX_STDOUT_BYTES } = options;
  const startedMs = performance.now();
  const tree = await start(options);
  if (tree instanceof OperationError) return { result: 'not_started', fault: tree };

  const stdout = captureHead(tree.stdout, maxStdoutBytes);
  const stderr = captureTail(tree.stderr, STDERR_TAIL_BYTES);
  await announce(tree.handle, options.onStarted);
  tree.stdin.end(options.stdin);

  let timer: NodeJS.Timeout | undefined;
  const timeIsUp = new Promise<'time is up'>((resolve) => {
    timer = setTimeout(resolve, timeLimitMs, 'time is up');
  });
  const end = await Promise.race([tree.ended, stdout.overflowed, timeIsUp]);
  clearTimeout(timer);
  const kill = await killTree(tree.handle);
  await Promise.race([
    Promise.all([stdout.closed, stderr.closed]),
    delay(PIPE_CLOSE_LIMIT_MS, undefined, { ref: false }),
  ]);
  for (const stream of [tree.stdin, tree.stdout, tree.stderr]) stream.destroy();

  const output = {
    stdout: stdout.text(),
    stderrTail: stderr.text(),
    elapsedMs: performance.now() - startedMs,
  };
  if (stdout.isTooLarge()) return { result: 'output_too_large', maxBytes: maxStdoutBytes, kill, ...output };
  if (typeof end === 'object') return { result: 'exited', leftBehind: kill.killedCount, ...end, ...output };
  return { result: 'timed_out', timeLimitMs, kill, ...output };
}

/** A program that nobody could be told of does not run on. */
async function announce(handle: TreeHandle, onStarted: RunProgramOptions['onStarted']): Promise<void> {
  try {
    onStarted?.(handle);
  } catch (fault) {
    await killTree(handle);
    throw fault;
  }
}

async function start(options: SpawnTreeOptions): Promise<SpawnedTree | OperationError> {
  try {
    return await spawnTree(options);
  } catch (fault) {
    if (fault instanceof OperationError) return fault;
    throw fault;
  }
}
