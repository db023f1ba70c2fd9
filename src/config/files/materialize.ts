// Writes the accepted files out for programs to run from, and makes sure before every use that they are still what was accepted.
// A snapshot appears complete or not at all; one that was altered is never repaired silently.
import {
  chmod,
  lstat,
  mkdir,
  mkdtemp,
  open,
  readdir,
  readFile,
  readlink,
  rename,
  rm,
  symlink,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { OperationError } from '../../core/fault.ts';
import { faultCode, isMissing } from '../../core/fault-code.ts';
import { stateLayout } from '../state-layout.ts';
import type { Bundle, BundleFile } from './bundle.ts';
import { fileFault } from './file-fault.ts';

export interface Snapshot {
  readonly stateDir: string;
  /** Its node_modules, when there is one, is reachable from the snapshot. */
  readonly projectDir: string;
  readonly bundle: Bundle;
}

/** The snapshot's absolute folder. Throws an OperationError when it can't be written, or was altered. */
export async function materialize(snapshot: Snapshot): Promise<string> {
  const dir = join(stateLayout(snapshot.stateDir).accepted, snapshot.bundle.hash);
  try {
    if (!(await exists(dir))) await write(snapshot, dir);
    await linkModules(dir, snapshot.projectDir);
    await verify(dir, snapshot);
    return dir;
  } catch (cause) {
    if (faultCode(cause) === null || cause instanceof OperationError) throw cause;
    throw fileFault('write the accepted files', dir, cause);
  }
}

async function write(snapshot: Snapshot, dir: string): Promise<void> {
  await mkdir(dirname(dir), { recursive: true, mode: 0o700 });
  const temp = await mkdtemp(join(dirname(dir), '.new-'));
  try {
    for (const [path, file] of snapshot.bundle.files) await writeOne(join(temp, path), file);
    for (const folder of foldersOf(snapshot.bundle)) await chmod(join(temp, folder), 0o500);
    await rename(temp, dir);
  } catch (cause) {
    await removeTree(temp, snapshot.bundle);
    // Another process was first, with the same content: it is verified like any other.
    if (faultCode(cause) !== 'ENOTEMPTY' && faultCode(cause) !== 'EEXIST') throw cause;
  }
}

/** Synced, or a power cut could leave a snapshot of empty files that looks altered for ever. */
async function writeOne(path: string, file: BundleFile): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const handle = await open(path, 'wx', 0o600);
  try {
    await handle.writeFile(file.bytes);
    await handle.chmod(file.mode === 0 ? 0o400 : 0o500);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Deepest first, the snapshot's own folder last. */
function foldersOf(bundle: Bundle): readonly string[] {
  const folders = new Set<string>(['.']);
  for (const path of bundle.files.keys()) {
    for (let folder = dirname(path); folder !== '.'; folder = dirname(folder)) folders.add(folder);
  }
  return [...folders].sort((a, b) => b.length - a.length);
}

async function removeTree(temp: string, bundle: Bundle): Promise<void> {
  for (const folder of [...foldersOf(bundle)].reverse()) {
    if (await exists(join(temp, folder))) await chmod(join(temp, folder), 0o700);
  }
  await rm(temp, { recursive: true, force: true });
}

/** Packages may be installed after the rules were accepted, so the link is looked at every time. */
async function linkModules(dir: string, projectDir: string): Promise<void> {
  const modules = join(projectDir, 'node_modules');
  const link = join(dir, 'node_modules');
  if (!(await exists(modules)) || (await exists(link))) return;
  await chmod(dir, 0o700);
  try {
    await symlink(modules, link);
  } catch (cause) {
    if (faultCode(cause) !== 'EEXIST') throw cause;
  } finally {
    await chmod(dir, 0o500);
  }
}

async function verify(dir: string, snapshot: Snapshot): Promise<void> {
  const seen = new Set<string>();
  await verifyFolder('', dir, snapshot, seen);
  for (const path of snapshot.bundle.files.keys()) {
    if (!seen.has(path)) throw altered(dir, path, 'is gone');
  }
}

async function verifyFolder(
  folder: string,
  dir: string,
  snapshot: Snapshot,
  seen: Set<string>,
): Promise<void> {
  for (const entry of await readdir(join(dir, folder), { withFileTypes: true })) {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    const whole = join(dir, path);
    if (entry.isDirectory()) {
      await verifyFolder(path, dir, snapshot, seen);
    } else if (path === 'node_modules' && entry.isSymbolicLink()) {
      if ((await readlink(whole)) !== join(snapshot.projectDir, 'node_modules'))
        throw altered(dir, path, 'points elsewhere');
    } else {
      const expected = snapshot.bundle.files.get(path);
      if (expected === undefined || !entry.isFile()) throw altered(dir, path, 'was not accepted');
      if (!(await readFile(whole)).equals(expected.bytes)) throw altered(dir, path, 'has other content');
      const { mode } = await lstat(whole);
      if ((mode & 0o777) !== (expected.mode === 0 ? 0o400 : 0o500))
        throw altered(dir, path, 'has other permissions');
      seen.add(path);
    }
  }
}

function altered(dir: string, path: string, how: string): OperationError {
  return new OperationError({
    op: 'use the accepted files',
    code: 'snapshot_altered',
    message: `the copy of the accepted rules was altered: ${path} ${how}`,
    hint: `something wrote into ${dir}: find out what, then remove that folder and it is written anew from the record`,
  });
}

async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (cause) {
    if (isMissing(cause)) return false;
    throw cause;
  }
}
