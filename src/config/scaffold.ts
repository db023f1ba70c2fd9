// Writes a new project into a folder without ever touching a file that is there: it either lists every collision and writes
// nothing, or writes everything. governed.toml comes last, so that what was interrupted is not yet a project.
import { lstat, mkdir, open, readdir, readFile, rm, rmdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { InputError, OperationError } from '../core/fault.ts';
import { faultCode, isMissing } from '../core/fault-code.ts';
import { fileFault } from './files/file-fault.ts';
import { packageRoot } from './package-root.ts';

export interface Scaffold {
  readonly targetDir: string;
  readonly projectId: string;
  /** IANA name; UTC when it is not given. */
  readonly timezone?: string;
  /** Called when nothing is in the way, before the first file: what it throws leaves the folder as it was. */
  readonly beforeWriting?: () => void;
}

export type Scaffolded =
  | { readonly result: 'written'; readonly paths: readonly string[] }
  /** Paths, relative to the target, that are taken. */
  | { readonly result: 'collisions'; readonly paths: readonly string[] };

interface Draft {
  readonly path: string;
  readonly content: string;
  readonly mode: number;
}

const PLACEHOLDER_ID = 'prj_00000000000000000000000000';
const BUNDLED_AGENTS = ['noop', 'publisher'];

export async function scaffold(options: Scaffold): Promise<Scaffolded> {
  const drafts = await readDrafts(options);
  const made: string[] = [];
  try {
    const taken = await collisions(options.targetDir, drafts);
    if (taken.length > 0) return { result: 'collisions', paths: taken };
    options.beforeWriting?.();
    await makeFolder(options.targetDir, made);
    for (const draft of drafts) await writeDraft(options.targetDir, draft, made);
    return { result: 'written', paths: drafts.map((draft) => draft.path) };
  } catch (cause) {
    await undo(made);
    // Something else wrote there between the look and the write.
    const taken = faultCode(cause) === 'EEXIST' ? await collisions(options.targetDir, drafts) : [];
    if (taken.length > 0) return { result: 'collisions', paths: taken };
    throw faultCode(cause) === null || cause instanceof InputError || cause instanceof OperationError
      ? cause
      : fileFault('write the new project', options.targetDir, cause);
  }
}

async function readDrafts(options: Scaffold): Promise<readonly Draft[]> {
  const root = packageRoot();
  const drafts = await draftsIn(join(root, 'templates', 'project'), '');
  for (const agent of BUNDLED_AGENTS)
    drafts.push(...(await draftsIn(join(root, 'agents', agent), `agents/${agent}/`)));
  const last = (draft: Draft): number => (draft.path === 'governed.toml' ? 1 : 0);
  return drafts
    .map((draft) =>
      draft.path === 'governed.toml' ? { ...draft, content: filledIn(draft.content, options) } : draft,
    )
    .sort((a, b) => last(a) - last(b) || (a.path < b.path ? -1 : 1));
}

async function draftsIn(folder: string, prefix: string): Promise<Draft[]> {
  const drafts: Draft[] = [];
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const source = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (entry.name !== 'workspace') drafts.push(...(await draftsIn(source, `${prefix}${entry.name}/`)));
      continue;
    }
    // npm leaves files called .gitignore out of a package, so the template goes without its dot.
    const name = entry.name === 'gitignore' ? '.gitignore' : entry.name;
    const isExecutable = ((await stat(source)).mode & 0o100) !== 0;
    drafts.push({
      path: prefix + name,
      content: await readFile(source, 'utf8'),
      mode: isExecutable ? 0o755 : 0o644,
    });
  }
  return drafts;
}

function filledIn(content: string, { projectId, timezone = 'UTC' }: Scaffold): string {
  return content
    .replace(PLACEHOLDER_ID, projectId)
    .replace('timezone = "UTC"', `timezone = ${JSON.stringify(timezone)}`);
}

/** Files that exist, and whatever stands where a folder is needed. */
async function collisions(targetDir: string, drafts: readonly Draft[]): Promise<readonly string[]> {
  const taken = new Set<string>();
  for (const { path } of drafts) {
    const parts = path.split('/');
    for (let length = 1; length <= parts.length; length += 1) {
      const part = parts.slice(0, length).join('/');
      const kind = await kindOf(join(targetDir, part));
      if (kind === 'none') break;
      if (kind === 'other' || length === parts.length) taken.add(part);
      if (kind === 'other') break;
    }
  }
  return [...taken].sort();
}

async function kindOf(path: string): Promise<'none' | 'folder' | 'other'> {
  try {
    return (await lstat(path)).isDirectory() ? 'folder' : 'other';
  } catch (cause) {
    if (isMissing(cause)) return 'none';
    throw cause;
  }
}

async function writeDraft(targetDir: string, draft: Draft, made: string[]): Promise<void> {
  const path = join(targetDir, draft.path);
  await makeFolder(dirname(path), made);
  const file = await open(path, 'wx', draft.mode);
  made.push(path);
  try {
    await file.writeFile(draft.content);
  } finally {
    await file.close();
  }
}

async function makeFolder(path: string, made: string[]): Promise<void> {
  if ((await kindOf(path)) !== 'none') return;
  await makeFolder(dirname(path), made);
  await mkdir(path);
  made.push(path);
}

/** Takes back what this call made, newest first, and nothing else. */
async function undo(made: readonly string[]): Promise<void> {
  for (const path of [...made].reverse()) {
    if ((await kindOf(path)) === 'folder') await rmdir(path).catch(keepFilled);
    else await rm(path, { force: true });
  }
}

function keepFilled(cause: unknown): void {
  if (faultCode(cause) !== 'ENOTEMPTY') throw cause;
}
