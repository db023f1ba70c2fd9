// Reads small files of /proc with as few system calls as possible: freezing a tree waits for these reads.
// A process that is gone, or that we may not look at, reads as undefined; any other failure is a fault.
import { closeSync, openSync, readdirSync, readSync } from 'node:fs';
import { OperationError } from '../core/fault.ts';
import { faultCode } from '../core/fault-code.ts';

const CHUNK_BYTES = 64 * 1024;
const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
const UNSEEN = new Set(['ENOENT', 'ESRCH', 'EACCES', 'EPERM']);

/** The first bytes of the file. The result is only valid until the next call: copy what must stay. */
export function peekProcFile(path: string): Buffer | undefined {
  return unlessUnseen(path, () => withOpenFile(path, (fd) => chunk.subarray(0, readSync(fd, chunk))));
}

/** A copy of the file, cut at `maxBytes`. */
export function readProcFile(path: string, maxBytes: number): Buffer | undefined {
  return unlessUnseen(path, () =>
    withOpenFile(path, (fd) => {
      const parts: Buffer[] = [];
      let totalBytes = 0;
      while (totalBytes < maxBytes) {
        const readBytes = readSync(fd, chunk);
        if (readBytes === 0) break;
        parts.push(Buffer.from(chunk.subarray(0, readBytes)));
        totalBytes += readBytes;
      }
      return Buffer.concat(parts);
    }),
  );
}

/** The numeric names in a folder of /proc: process ids, or the threads of one. */
export function listProcIds(path: string): readonly number[] | undefined {
  const names = unlessUnseen(path, () => readdirSync(path));
  return names?.map(Number).filter(Number.isSafeInteger);
}

function withOpenFile<T>(path: string, use: (fd: number) => T): T {
  const fd = openSync(path, 'r');
  try {
    return use(fd);
  } finally {
    closeSync(fd);
  }
}

function unlessUnseen<T>(path: string, read: () => T): T | undefined {
  try {
    return read();
  } catch (cause) {
    const code = faultCode(cause) ?? 'unknown';
    if (UNSEEN.has(code)) return undefined;
    throw new OperationError({
      op: 'look at running processes',
      message: `Cannot read ${path} (${code}), so the processes of a run cannot be found.`,
      code: 'proc_unreadable',
      hint: 'Check that /proc is mounted and that this user may open more files (ulimit -n).',
      cause,
    });
  }
}
