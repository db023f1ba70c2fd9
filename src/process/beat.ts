// A heartbeat file says that its owner lives and gets to run. Its words are written once; each beat only touches the
// time of the file, which needs no space on a full disk and wakes no reader. A beat that fails is told, never swallowed.
import {
  closeSync,
  fstatSync,
  futimesSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { OperationError } from '../core/fault.ts';
import { identify } from './process-id.ts';

export interface BeatOptions {
  readonly everyMs: number;
  /** Told of every beat that could not be given. */
  readonly onFault: (fault: OperationError) => void;
}

export interface Beat {
  /** Removes the file, unless another process has put its own in the place. */
  stop(): void;
}

/** Gives the first beat before it returns; throws when the file cannot be written. Does not keep the process alive. */
export function startBeat(path: string, { everyMs, onFault }: BeatOptions): Beat {
  let fd = attempt('start the heartbeat', path, () => writeOwnBeat(path));
  const timer = setInterval(() => {
    try {
      fd = attempt('give a heartbeat', path, () => giveBeat(path, fd, onFault));
    } catch (fault) {
      if (!(fault instanceof OperationError)) throw fault;
      onFault(fault);
    }
  }, everyMs).unref();
  return {
    stop: () => {
      clearInterval(timer);
      if (isOwn(path, fd)) rmSync(path, { force: true });
      closeSync(fd);
    },
  };
}

/** Another owner's file in our place is left alone; an empty place is filled again. Gives the descriptor to go on with. */
function giveBeat(path: string, fd: number, onFault: BeatOptions['onFault']): number {
  const now = new Date();
  futimesSync(fd, now, now);
  if (isOwn(path, fd)) return fd;
  if (statSync(path, { throwIfNoEntry: false })) throw lostBeat(path, 'was replaced by another process');
  const newFd = writeOwnBeat(path);
  closeSync(fd);
  onFault(lostBeat(path, 'was removed; it was written anew'));
  return newFd;
}

function writeOwnBeat(path: string): number {
  const own = identify(process.pid);
  if (own === undefined) throw new Error('This process could not be found among those that live.');
  const temporary = `${path}.${own.pid}`;
  const fd = openSync(temporary, 'w', 0o600);
  try {
    writeSync(fd, JSON.stringify(own));
    renameSync(temporary, path);
    return fd;
  } catch (error) {
    closeSync(fd);
    rmSync(temporary, { force: true });
    throw error;
  }
}

function isOwn(path: string, fd: number): boolean {
  const there = statSync(path, { throwIfNoEntry: false });
  const own = fstatSync(fd);
  return there?.ino === own.ino && there.dev === own.dev;
}

function attempt<T>(op: string, path: string, act: () => T): T {
  try {
    return act();
  } catch (cause) {
    if (cause instanceof OperationError) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new OperationError({
      op,
      message: `Cannot ${op} at ${path}: ${reason}.`,
      code: 'beat_failed',
      hint: 'Check that the folder exists, belongs to this user and has space; others take this process for dead until then.',
      cause,
    });
  }
}

function lostBeat(path: string, what: string): OperationError {
  return new OperationError({
    op: 'give a heartbeat',
    message: `The heartbeat file ${path} ${what}.`,
    code: 'beat_lost',
    hint: 'See whether another process uses the same state folder, or something cleans it.',
  });
}
