// Opens a folder step by step from a base that no agent writes, and follows no link on the way: whoever can write in there can't make
// a path lead elsewhere, not even while it is being opened. What is done in it goes through the descriptor, never through the path.
import { constants } from 'node:fs';
import { type FileHandle, lstat, mkdir, open, realpath } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative } from 'node:path';
import { faultCode } from '../../../core/fault-code.ts';

export interface OpenFolder {
  /** A path of a name in this very folder, whatever its own path leads to by now. */
  at(name: string): string;
  /** Where it really is now. */
  readonly path: string;
  /** The folder of that name in it, which is there already. */
  folder(name: string): Promise<OpenFolder>;
  sync(): Promise<void>;
  close(): Promise<void>;
}

export class LeadsElsewhere extends Error {}

const AS_FOLDER = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;

/** A folder may itself lie where an agent writes: no link is followed from the project on, or, elsewhere, to the folder. */
export function startOf(
  projectDir: string,
  folder: string,
): { readonly base: string; readonly parts: readonly string[] } {
  const own = relative(projectDir, folder);
  const base = own === '..' || own.startsWith('../') || isAbsolute(own) ? dirname(folder) : projectDir;
  return { base, parts: relative(base, folder).split('/').filter(Boolean) };
}

/** Of folders below the base that are missing. */
export type Missing = 'make' | 'fail';

export async function openFolder(
  base: string,
  parts: readonly string[],
  missing: Missing,
): Promise<OpenFolder> {
  const path = await realpath(base);
  let folder = opened(await open(path, AS_FOLDER), path);
  for (const part of parts) {
    const before = folder;
    try {
      if (missing === 'make') await mkdir(before.at(part)).catch(unlessThere);
      folder = await before.folder(part);
    } finally {
      await before.close();
    }
  }
  return folder;
}

function opened(folder: FileHandle, path: string): OpenFolder {
  const at = (name: string): string => within(folder, join(path, name), name);
  return {
    path,
    at,
    folder: async (name) => opened(await openStep(at(name), join(path, name)), join(path, name)),
    sync: () => folder.sync(),
    close: () => folder.close(),
  };
}

async function openStep(inside: string, shown: string): Promise<FileHandle> {
  try {
    return await open(inside, AS_FOLDER);
  } catch (error) {
    const code = faultCode(error);
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
  if (faultCode(error) !== 'EEXIST') throw error;
}
