// Follows the event table into audit.jsonl, by sequence number: appends what is missing, syncs it, and says how it stands. It only ever
// appends; a line that a full disk cut is cut off again, and whatever something else wrote is left for a person to see.
import { constants } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { formatLine } from '../../core/audit/line.ts';
import { lineParts } from '../../store/read/events.ts';
import type { Feed } from '../feed.ts';

export type MirrorHealth =
  | { readonly ok: true; readonly lag: number }
  | {
      readonly ok: false;
      readonly lag: number;
      readonly problem: string;
      /** Nothing failed: the disk takes the lines, and later than they come. */
      readonly isSlow: boolean;
    };

export interface MirrorPlace {
  /** The newest event that the file holds. */
  readonly seq: number;
  /** The length of the file up to there. */
  readonly bytes: number;
}

export interface FollowOptions {
  readonly path: string;
  readonly feed: Feed;
  readonly start: MirrorPlace;
  /** Compares the file with the table again, after it was replaced. */
  readonly reconcile: () => Promise<MirrorPlace>;
}

export interface Mirror {
  health(): MirrorHealth;
  /** The newest event that is in the file, synced. */
  seq(): number;
  /** Writes what is left, or gives up at the first fault. */
  close(): Promise<void>;
}

const LINES_AT_ONCE = 512;
const LATE_MS = 1_000;
const RETRY_MS = 200;
/** How often it is made sure that the path still leads to the file that is written. */
const LOOK_MS = 500;
const TICK_MS = 100;

export function followTable(options: FollowOptions): Mirror {
  const { feed } = options;
  let place = options.start;
  let file: FileHandle | null = null;
  let inode: number | null = null;
  let fault: string | null = null;
  let behindSinceMs: number | null = null;
  let notBeforeMs = 0;
  let lookAtMs = 0;
  let turn: Promise<void> | null = null;

  const write = async (): Promise<void> => {
    file ??= await reopen();
    while (place.seq < feed.seq) {
      const startedMs = performance.now();
      const rows = feed.rowsAfter(place.seq, LINES_AT_ONCE);
      const last = rows.at(-1);
      if (last === undefined) return;
      const bytes = Buffer.from(rows.map((row) => `${formatLine(lineParts(row))}\n`).join(''));
      await append(file, bytes, place.bytes);
      place = { seq: last.seq, bytes: place.bytes + bytes.length };
      behindSinceMs = place.seq < feed.seq ? startedMs : null;
    }
  };

  /** The same file holds what was written to it; another one is compared first. */
  const reopen = async (): Promise<FileHandle> => {
    const opened = await openRegular(options.path);
    try {
      const { ino, size } = await opened.stat();
      if (ino !== inode || size !== place.bytes) place = await options.reconcile();
      inode = ino;
      return opened;
    } catch (error) {
      await opened.close();
      throw error;
    }
  };

  const look = async (): Promise<void> => {
    if (file === null || performance.now() < lookAtMs) return;
    lookAtMs = performance.now() + LOOK_MS;
    const why = await whyNotOurs(options.path, file, place.bytes);
    if (why !== null) throw new Error(`${options.path} ${why}`);
  };

  /** A fault is kept until a later turn succeeds. */
  const takeTurn = async (): Promise<void> => {
    try {
      await look();
      await write();
      fault = null;
      behindSinceMs = null;
    } catch (error) {
      fault = error instanceof Error ? error.message : String(error);
      notBeforeMs = performance.now() + RETRY_MS;
      await file?.close().catch(() => undefined);
      file = null;
    }
  };

  /** One turn at a time: two would write the same lines. */
  const kick = (): void => {
    const isBehind = place.seq < feed.seq;
    if (isBehind) behindSinceMs ??= performance.now();
    if (turn !== null || performance.now() < notBeforeMs) return;
    if (!isBehind && fault === null && performance.now() < lookAtMs) return;
    turn = takeTurn().finally(() => {
      turn = null;
      if (fault === null && place.seq < feed.seq) kick();
    });
  };

  const timer = setInterval(kick, TICK_MS);
  timer.unref();
  const stop = feed.onCommit(kick);
  kick();
  return {
    health() {
      const lag = feed.seq - place.seq;
      if (fault !== null) return { ok: false, lag, problem: fault, isSlow: false };
      const late = behindSinceMs !== null && performance.now() - behindSinceMs > LATE_MS;
      const problem = `it is ${lag} events behind`;
      return late ? { ok: false, lag, problem, isSlow: true } : { ok: true, lag };
    },
    seq: () => place.seq,
    async close() {
      feed.catchUp();
      stop();
      clearInterval(timer);
      kick();
      while (turn !== null) await turn;
      await file?.close();
    },
  };
}

async function openRegular(path: string): Promise<FileHandle> {
  const file = await open(
    path,
    constants.O_RDWR | constants.O_CREAT | constants.O_APPEND | constants.O_NONBLOCK,
    0o600,
  );
  if ((await file.stat()).isFile()) return file;
  await file.close();
  throw new Error(`${path} is not a regular file`);
}

/** `length` is that of the file before and, but for what is appended, after it. */
async function append(file: FileHandle, bytes: Buffer, length: number): Promise<void> {
  try {
    for (let at = 0; at < bytes.length; ) at += (await file.write(bytes, at)).bytesWritten;
    await file.datasync();
  } catch (error) {
    await file.truncate(length).catch(() => undefined);
    throw error;
  }
  const { size } = await file.stat();
  if (size !== length + bytes.length) throw new Error('something else wrote to audit.jsonl');
}

/** Null while the path leads to the open file, and nothing but us wrote to it. */
async function whyNotOurs(path: string, file: FileHandle, bytes: number): Promise<string | null> {
  const own = await file.stat();
  const there = await stat(path).catch(() => null);
  if (there === null || there.ino !== own.ino || there.dev !== own.dev) return 'was removed or replaced';
  return own.size === bytes ? null : 'was written to by something else';
}
