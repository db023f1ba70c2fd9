// Reads the governing files of a project. Only plain files and folders count: a link could point at something that changes without
// being accepted, so it is refused by name. A project without any of these files is an empty bundle.
import type { Dirent } from 'node:fs';
import { constants, type FileHandle, lstat, open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '../../core/fault.ts';
import { faultCode, isMissing } from '../../core/fault-code.ts';
import { type Bundle, type BundleFile, EXECUTABLE, isGoverning, makeBundle } from './bundle.ts';
import { fileFault } from './file-fault.ts';

export const MOST_FILES = 2_000;
export const MOST_BYTES = 16 * 1024 * 1024;

/** Throws an InputError for what may not be there, an OperationError for what can't be read. */
export async function readBundle(projectDir: string): Promise<Bundle> {
  const found = new Map<string, BundleFile>();
  let totalBytes = 0;
  const paths = await governingPaths(projectDir);
  const beyond = paths[MOST_FILES];
  if (beyond !== undefined) throw tooMuch(`more than ${MOST_FILES} files`, beyond);
  for (const path of paths) {
    const file = await readPlainFile(projectDir, path, MOST_BYTES - totalBytes);
    totalBytes += file.bytes.length;
    found.set(path, file);
  }
  return makeBundle(found);
}

async function governingPaths(projectDir: string): Promise<readonly string[]> {
  const paths: string[] = [];
  for (const name of ['governed.toml', 'policy.toml']) {
    const kind = await kindOf(projectDir, name);
    if (kind === 'folder') throw notPlain(name);
    if (kind === 'file') paths.push(name);
  }
  for (const name of ['actions', 'agents']) {
    const kind = await kindOf(projectDir, name);
    if (kind === 'file')
      throw new InputError({
        code: 'not_a_folder',
        message: `${name} is a file where a folder belongs`,
        path: name,
        hint: `move it away: ${name}/ is a folder of governing files`,
      });
    if (kind === 'folder') await walk(projectDir, name, paths);
  }
  return paths;
}

async function walk(projectDir: string, folder: string, paths: string[]): Promise<void> {
  for (const entry of await entriesOf(projectDir, folder)) {
    const path = `${folder}/${entry.name}`;
    checkName(path, entry);
    if (paths.length > MOST_FILES) return;
    if (!isGoverning(path)) continue;
    if (entry.isDirectory()) await walk(projectDir, path, paths);
    // What lies directly in agents/ belongs to no agent.
    else if (folder !== 'agents') paths.push(path);
  }
}

function checkName(path: string, entry: Dirent): void {
  if (entry.isSymbolicLink()) throw linkRefused(path);
  if (!entry.isFile() && !entry.isDirectory()) throw notPlain(path);
  if (entry.name === 'node_modules') {
    throw new InputError({
      code: 'node_modules_refused',
      message: `${path} would make every installed package a rule to accept`,
      path,
      hint: 'install packages at the top of the project: its node_modules is found from actions/ and agents/ too',
    });
  }
  // A name that is not UTF-8 is read with replacement characters, and would be another name when written again.
  if (/[\p{Cc}\uFFFD\\]/u.test(entry.name)) {
    const hint = 'use letters, digits and plain punctuation in the names of governing files';
    throw new InputError({
      code: 'invalid_name',
      message: 'this name holds characters that can’t be shown',
      path: JSON.stringify(path),
      hint,
    });
  }
}

async function readPlainFile(projectDir: string, path: string, mostBytes: number): Promise<BundleFile> {
  const handle = await openPlain(projectDir, path);
  try {
    const { mode, size } = await handle.stat();
    if (size > mostBytes) throw tooMuch(`more than ${MOST_BYTES / 1024 / 1024} MiB`, path);
    const bytes = await handle.readFile();
    if (bytes.length > mostBytes) throw tooMuch(`more than ${MOST_BYTES / 1024 / 1024} MiB`, path);
    return { bytes, mode: (mode & 0o100) === 0 ? 0 : EXECUTABLE };
  } catch (cause) {
    throw faultCode(cause) === null || cause instanceof InputError
      ? cause
      : fileFault(`read ${path}`, path, cause);
  } finally {
    await handle.close();
  }
}

async function openPlain(projectDir: string, path: string): Promise<FileHandle> {
  try {
    return await open(
      join(projectDir, path),
      constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK,
    );
  } catch (cause) {
    if (faultCode(cause) === 'ELOOP') throw linkRefused(path);
    throw fileFault(`read ${path}`, path, cause);
  }
}

async function kindOf(projectDir: string, name: string): Promise<'file' | 'folder' | 'none'> {
  try {
    const found = await lstat(join(projectDir, name));
    if (found.isSymbolicLink()) throw linkRefused(name);
    if (found.isDirectory()) return 'folder';
    if (found.isFile()) return 'file';
  } catch (cause) {
    if (isMissing(cause)) return 'none';
    throw cause instanceof InputError ? cause : fileFault(`look at ${name}`, name, cause);
  }
  throw notPlain(name);
}

async function entriesOf(projectDir: string, folder: string): Promise<readonly Dirent[]> {
  try {
    return await readdir(join(projectDir, folder), { withFileTypes: true });
  } catch (cause) {
    throw fileFault(`list ${folder}`, folder, cause);
  }
}

function linkRefused(path: string): InputError {
  return new InputError({
    code: 'symlink_refused',
    message: `${path} is a symbolic link, and what it points at could change without being accepted`,
    path,
    hint: 'put a copy of the file in its place',
  });
}

function notPlain(path: string): InputError {
  return new InputError({
    code: 'not_a_plain_file',
    message: `${path} is not a plain file`,
    path,
    hint: 'move it out of the governing files',
  });
}

function tooMuch(what: string, path: string): InputError {
  return new InputError({
    code: 'too_many_rules',
    message: `the governing files are ${what}`,
    path,
    hint: 'keep data in a workspace or elsewhere: agents/ and actions/ hold only what an operator reads and accepts',
  });
}
