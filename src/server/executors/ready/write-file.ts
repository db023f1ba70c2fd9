// The ready executor write-file: one file, whole or not at all, in a folder that the operator listed. It never writes through a link, out
// of the folder, or what governs the project.
import { randomUUID } from 'node:crypto';
import { constants, type Stats } from 'node:fs';
import { chmod, link, lstat, open, realpath, rename, rm } from 'node:fs/promises';
import { isAbsolute, join, posix, relative, resolve } from 'node:path';
import * as z from 'zod';
import { faultCode } from '../../../core/fault-code.ts';
import type { WriteFileSettings } from '../../../core/rules/program-rules.ts';
import { type ActionContext, type ActionReport, failed, readPayload } from './action.ts';
import { LeadsElsewhere, type OpenFolder, openFolder, startOf } from './open-folder.ts';

const payloadShape = z.strictObject({
  /** From the project's folder, or absolute. */
  path: z.string().min(1).max(4_096),
  content: z.string(),
  encoding: z.enum(['utf8', 'base64']).default('utf8'),
  /** Of a file that is there already. */
  overwrite: z.boolean().default(false),
});

/** Relative to the project. */
const GOVERNING =
  /^(governed\.toml|policy\.toml|actions(\/|$)|agents\/[^/]+\/(?!workspace\/)|agents\/[^/]*$)/i;
const MOST_NAME_BYTES = 200;

export async function writeFile(
  payload: unknown,
  settings: WriteFileSettings,
  context: ActionContext,
): Promise<ActionReport> {
  const read = readPayload(payloadShape, payload);
  if (!read.ok) return read.why;
  const { path, content, encoding, overwrite } = read.value;
  if (overwrite && !settings.overwrite)
    return failed('the payload may not overwrite: overwrite is not set in [executors]');
  const bytes = Buffer.from(content, encoding);
  if (encoding === 'base64' && bytes.toString('base64').replace(/=+$/, '') !== content.replace(/=+$/, ''))
    return failed('payload.content is not base64');
  const place = placeOf(path, settings.folders, context.projectDir);
  if (typeof place === 'string') return failed(place);
  let folder: OpenFolder;
  try {
    folder = await openFolder(place.base, place.parts, 'make');
  } catch (error) {
    return failed(whyNot(error, path));
  }
  try {
    const really = relative(await realpath(context.projectDir), join(folder.path, place.name));
    if (GOVERNING.test(really)) return failed(`${path} governs the project: it is edited by its operator`);
    return await put(folder, { ...place, path, bytes, overwrite });
  } catch (error) {
    return failed(whyNot(error, path));
  } finally {
    await folder.close();
  }
}

interface Place {
  readonly base: string;
  readonly parts: readonly string[];
  readonly name: string;
}

function placeOf(path: string, folders: readonly string[], projectDir: string): Place | string {
  if ([...path].some((char) => char < ' ' || char === '\x7f' || char === '\\'))
    return 'payload.path has a control character or a backslash';
  if (path.split('/').some((part) => part === '..' || part === '.' || part.toLowerCase() === '.git'))
    return 'payload.path has "..", "." or ".git" in it';
  // A rule that reads the path reads it as it is written.
  if (path.includes('//')) return 'payload.path has "//" in it';
  const whole = isAbsolute(path) ? posix.normalize(path) : join(projectDir, path);
  if (whole.endsWith('/')) return 'payload.path names a folder';
  const inProject = relative(projectDir, whole);
  if (GOVERNING.test(inProject)) return `${path} governs the project: it is edited by its operator`;
  for (const folder of folders) {
    const root = resolve(projectDir, folder);
    const inside = relative(root, whole);
    if (inside === '' || inside.startsWith('..') || isAbsolute(inside)) continue;
    const { base } = startOf(projectDir, root);
    const parts = relative(base, whole).split('/');
    const name = parts.pop() ?? '';
    if (Buffer.byteLength(name) > MOST_NAME_BYTES) return 'payload.path has too long a name';
    return { base, parts, name };
  }
  return `${path} is in none of the allowed folders: ${folders.join(', ')}`;
}

interface Wanted extends Place {
  readonly path: string;
  readonly bytes: Buffer;
  readonly overwrite: boolean;
}

async function put(folder: OpenFolder, wanted: Wanted): Promise<ActionReport> {
  const done = (more: Readonly<Record<string, unknown>>): ActionReport => ({
    outcome: 'executed',
    detail: { path: wanted.path, bytes: wanted.bytes.byteLength, ...more },
  });
  const there = await lookAt(folder.at(wanted.name));
  if (there !== null && !there.isFile()) return failed(`${wanted.path} is there, and is not a plain file`);
  // A retry finds what an earlier attempt wrote.
  if (there !== null && (await holds(folder.at(wanted.name), wanted.bytes)))
    return done({ already_written: true });
  if (there !== null && !wanted.overwrite)
    return failed(`${wanted.path} is there already, with other content, and overwrite is not asked for`);
  const temporary = `.${randomUUID()}`;
  try {
    await writeWhole(folder.at(temporary), wanted.bytes);
    if (there !== null) await chmod(folder.at(temporary), there.mode & 0o777);
    if (wanted.overwrite) await rename(folder.at(temporary), folder.at(wanted.name));
    // Unlike a rename this fails when somebody was faster.
    else await link(folder.at(temporary), folder.at(wanted.name));
  } finally {
    await rm(folder.at(temporary), { force: true });
  }
  try {
    await folder.sync();
  } catch (error) {
    return {
      outcome: 'unknown',
      detail: { reason: `written, but not surely kept (${faultCode(error)})`, path: wanted.path },
    };
  }
  return done({ overwritten: there !== null });
}

async function lookAt(path: string): Promise<Stats | null> {
  try {
    return await lstat(path);
  } catch (error) {
    if (faultCode(error) === 'ENOENT') return null;
    throw error;
  }
}

async function holds(path: string, bytes: Buffer): Promise<boolean> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const { size } = await file.stat();
    return size === bytes.byteLength && (await file.readFile()).equals(bytes);
  } finally {
    await file.close();
  }
}

async function writeWhole(path: string, bytes: Buffer): Promise<void> {
  const file = await open(path, 'wx', 0o644);
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** What it could not do, it has not done: the file appears with the last step alone. */
function whyNot(error: unknown, path: string): string {
  if (error instanceof LeadsElsewhere) return `${path} leads elsewhere: ${error.message}`;
  const code = faultCode(error);
  if (code === null) throw error;
  return `${path} can't be written (${code})`;
}
