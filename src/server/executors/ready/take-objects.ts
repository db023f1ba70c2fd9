// Gives the objects of a repository a second name in a folder of ours. An agent may have written the repository, so no link in it is
// followed, and what it borrows from another one is not taken: only what lies in the folder that the operator listed, or, for a linked work
// tree, in the repository that itself names that work tree.
import { constants, linkSync, lstatSync, mkdirSync, readdirSync, type Stats } from 'node:fs';
import { type FileHandle, open, realpath, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { faultCode } from '../../../core/fault-code.ts';
import { LeadsElsewhere, type OpenFolder, openFolder, startOf } from './open-folder.ts';

const LOOSE_FOLDER = /^[0-9a-f]{2}$/;
const LOOSE_FILE = /^([0-9a-f]{38}|[0-9a-f]{62})$/;
const PACK_FILE = /^pack-[0-9a-f]+\.(pack|idx)$/;
const MOST_POINTER_BYTES = 8_192;

export class NotTaken extends Error {}

/** Answers when all are there; throws NotTaken, or LeadsElsewhere, with why not. */
export async function takeObjects(
  from: { readonly projectDir: string; readonly repository: string },
  into: string,
): Promise<void> {
  const objects = await openObjects(from);
  try {
    if (await borrows(objects)) {
      throw new NotTaken(
        `${from.repository} borrows objects of another repository (objects/info/alternates), which is not followed; ` +
          '`git repack -a -d` and removing that file makes it whole',
      );
    }
    // What is packed meanwhile is in its pack before it is gone from here.
    for (const name of readdirSync(objects.at('.')).filter((each) => LOOSE_FOLDER.test(each)))
      await takeFolder(objects, name, LOOSE_FILE, into);
    await takeFolder(objects, 'pack', PACK_FILE, into);
  } finally {
    await objects.close();
  }
}

/** Of a work tree, a linked work tree or a bare repository; where git would look is not asked of its configuration. */
async function openObjects(from: {
  readonly projectDir: string;
  readonly repository: string;
}): Promise<OpenFolder> {
  const { base, parts } = startOf(from.projectDir, resolve(from.projectDir, from.repository));
  const none = new NotTaken(`${from.repository} is no git repository`);
  try {
    const tree = await openFolder(base, parts, 'fail');
    try {
      const own = lookAt(tree.at('.git'));
      if (own?.isFile() === true) return await openLinked(tree, none);
      return own === null ? await tree.folder('objects') : await through(tree, ['.git', 'objects']);
    } finally {
      await tree.close();
    }
  } catch (error) {
    throw faultCode(error) === 'ENOENT' ? none : error;
  }
}

async function through(from: OpenFolder, [first = '', ...rest]: readonly string[]): Promise<OpenFolder> {
  const next = await from.folder(first);
  if (rest.length === 0) return next;
  try {
    return await through(next, rest);
  } finally {
    await next.close();
  }
}

/** The pointer may be an agent's: it counts when the other repository points back, from where git keeps its work trees. */
async function openLinked(tree: OpenFolder, none: NotTaken): Promise<OpenFolder> {
  const pointer = /^gitdir: (.+)$/m.exec(await readSmall(tree.at('.git')))?.[1];
  if (pointer === undefined) throw none;
  const gitDir = await realpath(resolve(tree.path, pointer));
  const common = dirname(dirname(gitDir));
  const elsewhere = new LeadsElsewhere(
    `.git leads to ${gitDir}, which does not name this work tree; list that repository itself`,
  );
  if (basename(dirname(gitDir)) !== 'worktrees') throw elsewhere;
  // From the root on, step by step: what was looked at is what is opened.
  const home = await openFolder('/', relative('/', common).split('/'), 'fail');
  try {
    const kept = await through(home, ['worktrees', basename(gitDir)]);
    try {
      const back = resolve(gitDir, (await readSmall(kept.at('gitdir'))).trim());
      if ((await realpath(dirname(back))) !== (await realpath(tree.at('.'))) || basename(back) !== '.git')
        throw elsewhere;
    } finally {
      await kept.close();
    }
    return await home.folder('objects');
  } finally {
    await home.close();
  }
}

async function borrows(objects: OpenFolder): Promise<boolean> {
  if (lookAt(objects.at('info')) === null) return false;
  const info = await objects.folder('info');
  try {
    return ['alternates', 'http-alternates'].some((name) => (lookAt(info.at(name))?.size ?? 0) > 0);
  } finally {
    await info.close();
  }
}

async function takeFolder(objects: OpenFolder, name: string, files: RegExp, into: string): Promise<void> {
  if (lookAt(objects.at(name)) === null) return;
  const folder = await objects.folder(name);
  const target = join(into, name);
  mkdirSync(target, { recursive: true });
  try {
    for (const file of readdirSync(folder.at('.')).filter((each) => files.test(each)))
      await takeFile(folder.at(file), join(target, file), join(folder.path, file)).catch(unlessGone);
  } finally {
    await folder.close();
  }
}

/** Packed meanwhile, and found there. */
function unlessGone(error: unknown): void {
  if (faultCode(error) !== 'ENOENT') throw error;
}

async function takeFile(from: string, to: string, shown: string): Promise<void> {
  try {
    linkSync(from, to);
  } catch (error) {
    const code = faultCode(error);
    if (code !== 'EXDEV' && code !== 'EPERM' && code !== 'EMLINK' && code !== 'ENOTSUP') throw error;
    await copy(from, to, shown);
    return;
  }
  // The second name is ours alone: what it is now it stays.
  if (!lstatSync(to).isFile()) throw new LeadsElsewhere(`${shown} is no plain file`);
}

async function copy(from: string, to: string, shown: string): Promise<void> {
  const file = await openPlain(from, shown);
  try {
    await writeFile(to, file.createReadStream({ autoClose: false }));
  } finally {
    await file.close();
  }
}

async function openPlain(path: string, shown: string): Promise<FileHandle> {
  let file: FileHandle;
  try {
    file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    throw faultCode(error) === 'ELOOP' ? new LeadsElsewhere(`${shown} is a symbolic link`) : error;
  }
  if ((await file.stat()).isFile()) return file;
  await file.close();
  throw new LeadsElsewhere(`${shown} is no plain file`);
}

async function readSmall(path: string): Promise<string> {
  const file = await openPlain(path, basename(path));
  try {
    const buffer = Buffer.alloc(MOST_POINTER_BYTES);
    const { bytesRead } = await file.read(buffer, 0, buffer.length, 0);
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await file.close();
  }
}

function lookAt(path: string): Stats | null {
  return lstatSync(path, { throwIfNoEntry: false }) ?? null;
}
