// Opens a file of the folder that an agent works in, and nothing that a link there leads to: what an agent of an earlier run left behind
// must not make the operator read or write somewhere else. A pipe would keep whoever opens it waiting, so only an ordinary file is opened.
import { closeSync, constants, fstatSync, openSync, readlinkSync, realpathSync } from 'node:fs';
import { covers } from '../../runner/entry.ts';

/**
 * A descriptor. `flags` as of open(2), without what is added here. Throws an error with a code for what is no such file; nothing was
 * read or written then.
 */
export function openWithin(folder: string, path: string, flags: number): number {
  const descriptor = openSync(path, flags | constants.O_NOFOLLOW | constants.O_NONBLOCK, 0o666);
  try {
    if (!fstatSync(descriptor).isFile()) throw fault('it is no ordinary file');
    // Where it really lies: one of its folders may be a link too, and may have become one a moment ago.
    if (!covers(folder, placeOf(descriptor, path))) throw fault('a link leads out of the folder');
    return descriptor;
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }
}

function placeOf(descriptor: number, path: string): string {
  return process.platform === 'linux' ? readlinkSync(`/proc/self/fd/${descriptor}`) : realpathSync(path);
}

function fault(message: string): Error {
  return Object.assign(new Error(message), { code: 'not_a_file_of_the_folder' });
}
