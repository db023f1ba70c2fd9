// Follows the event table into audit.jsonl, by sequence number: appends what is missing, syncs it, and says how it stands. Writes go to
// the position after the last complete line, so that a line cut by a full disk is written over when there is room again.
import { constants } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { formatLine } from '../../core/audit/line.ts';
import { lineParts } from '../../store/read/events.ts';
import type { Feed } from '../feed.ts';

export type MirrorHealth =
  | { readonly ok: true; readonly lag: number }
  | { readonly ok: false; readonly lag: number; readonly problem: string };

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
  /** Writes what is left, or gives up at the first fault. */
  close(): Promise<void>;
}

const LINES_AT_ONCE = 512;
const LATE_MS = 1_000;
const RETRY_MS = 200;
/** How often it is made sure that the path still leads to the file that is written. */
const LOOK_MS = 500;

export function followTable(options: FollowOptions): Mirror {
  const { feed } = options;
  let place = options.start;
  let file: FileHandle | null = null;
  let inode: number | null = null;
  let fault: string | null = null;
  let behindSinceMs: number | null = null;
  let retry: NodeJS.Timeout | null = null;
  let working: Promise<void> | null = null;
  let closed = false;

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
    const { ino, size } = await opened.stat();
    if (ino !== inode || size !== place.bytes) place = await options.reconcile();
    inode = ino;
    return opened;
  };

  /** One at a time; a fault is kept until a later try succeeds. */
  const work = (): void => {
    if (working !== null || retry !== null || closed || place.seq >= feed.seq) return;
    behindSinceMs ??= performance.now();
    working = write()
      .then(() => {
        fault = null;
      })
      .catch((error: unknown) => fail(error))
      .finally(() => {
        working = null;
        work();
      });
  };

  const fail = async (error: unknown): Promise<void> => {
    fault = error instanceof Error ? error.message : String(error);
    retry ??= setTimeout(() => {
      retry = null;
      working ??= again().finally(() => {
        working = null;
        work();
      });
    }, RETRY_MS);
    retry.unref();
    await file?.close().catch(() => undefined);
    file = null;
  };

  const again = async (): Promise<void> => {
    try {
      await write();
      behindSinceMs = null;
      fault = null;
    } catch (error) {
      await fail(error);
    }
  };

  const look = setInterval(() => {
    if (file === null || working !== null) return;
    const opened = file;
    working = whyNotOurs(options.path, opened, place.bytes)
      .then((why) => (why === null ? undefined : fail(new Error(`${options.path} ${why}`))))
      .finally(() => {
        working = null;
        work();
      });
  }, LOOK_MS);
  look.unref();

  const stop = feed.onCommit(work);
  work();
  return {
    health() {
      const lag = feed.seq - place.seq;
      if (fault !== null) return { ok: false, lag, problem: fault };
      const late = behindSinceMs !== null && performance.now() - behindSinceMs > LATE_MS;
      return late ? { ok: false, lag, problem: `it is ${lag} events behind` } : { ok: true, lag };
    },
    async close() {
      stop();
      clearInterval(look);
      while (working !== null) await working;
      closed = true;
      if (retry !== null) clearTimeout(retry);
      await file?.close();
    },
  };
}

async function openRegular(path: string): Promise<FileHandle> {
  const file = await open(path, constants.O_RDWR | constants.O_CREAT | constants.O_NONBLOCK, 0o600);
  if ((await file.stat()).isFile()) return file;
  await file.close();
  throw new Error(`${path} is not a regular file`);
}

/** What a full disk let through of a line is cut off again, so that the file stays what `place` says. */
async function append(file: FileHandle, bytes: Buffer, position: number): Promise<void> {
  try {
    for (let at = 0; at < bytes.length; ) {
      const { bytesWritten } = await file.write(bytes, at, bytes.length - at, position + at);
      at += bytesWritten;
    }
    await file.datasync();
  } catch (error) {
    await file.truncate(position).catch(() => undefined);
    throw error;
  }
}

/** Null while the path leads to the open file, and nothing but us wrote to it. */
async function whyNotOurs(path: string, file: FileHandle, bytes: number): Promise<string | null> {
  const own = await file.stat();
  const there = await stat(path).catch(() => null);
  if (there === null || there.ino !== own.ino || there.dev !== own.dev) return 'was removed or replaced';
  return own.size === bytes ? null : 'was written to by something else';
}
