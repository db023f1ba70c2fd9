// Opens a folder step by step from a base that no agent writes, and follows no link on the way: whoever can write in there can't make
// a path lead elsewhere, not even while it is being opened. What is done in it goes through the descriptor, never through the path.
import { constants } from 'node:fs';
import { type FileHandle, lstat, mkdir, open, realpath } from 'node:fs/promises';
import { join } from 'node:path';

export interface OpenFolder {
  /** A path of a name in this very folder, whatever its own path leads to by now. */
  at(name: string): string;
  /** Where it really is now. */
  readonly path: string;
  sync(): Promise<void>;
  close(): Promise<void>;
}

export class LeadsElsewhere extends Error {}

const AS_FOLDER = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;

/** Makes the folders that are missing below the base. */
export async function openFolder(base: string, parts: readonly string[]): Promise<OpenFolder> {
  let path = await realpath(base);
  let folder = await open(path, AS_FOLDER);
  for (const part of parts) {
    path = join(path, part);
    const inside = within(folder, path, part);
    try {
      await mkdir(inside).catch(unlessThere);
      const next = await openStep(inside, path);
      await folder.close();
      folder = next;
    } catch (error) {
      await folder.close();
      throw error;
    }
  }
  const opened = folder;
  const own = path;
  return {
    path,
    at: (name) => within(opened, join(own, name), name),
    sync: () => opened.sync(),
    close: () => opened.close(),
  };
}

async function openStep(inside: string, shown: string): Promise<FileHandle> {
  try {
    return await open(inside, AS_FOLDER);
  } catch (error) {
    const code = codeOf(error);
    if (code !== 'ELOOP' && code !== 'ENOTDIR') throw error;
    const isLink = (await lstat(inside)).isSymbolicLink();
    throw new LeadsElsewhere(`${shown} is ${isLink ? 'a symbolic link' : 'not a folder'}`);
  }
}

/** Only Linux opens relative to a descriptor; elsewhere no link is followed either, but one could be put there in between. */
function within(folder: FileHandle, path: string, name: string): string {
  return process.platform === 'linux' ? `/proc/self/fd/${folder.fd}/${name}` : path;
}

function unlessThere(error: unknown): void {
  if (codeOf(error) !== 'EEXIST') throw error;
}

export function codeOf(error: unknown): string | null {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null;
}
