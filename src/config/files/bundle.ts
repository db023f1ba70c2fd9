// The governing files of a project as one value: their bytes and their hash. What the operator accepts is a bundle, and the hash
// changes with any byte, name or executable bit in it.
import { sha256Hex } from '../../core/canonical.ts';

export interface BundleFile {
  readonly bytes: Buffer;
  /** 0o111 when the file may be executed, else 0. */
  readonly mode: number;
}

export interface Bundle {
  /** By path relative to the project, with slashes, in ascending order of code units. */
  readonly files: ReadonlyMap<string, BundleFile>;
  readonly hash: string;
}

export const EXECUTABLE = 0o111;

export function makeBundle(files: Iterable<readonly [string, BundleFile]>): Bundle {
  const sorted = new Map([...files].sort(([a], [b]) => (a < b ? -1 : 1)));
  return { files: sorted, hash: hashFiles(sorted) };
}

/** SHA-256 over a line for each file: path, NUL, executable bit, NUL, SHA-256 of the content. */
function hashFiles(sorted: ReadonlyMap<string, BundleFile>): string {
  let list = '';
  for (const [path, file] of sorted)
    list += `${path}\0${file.mode === 0 ? 0 : 1}\0${sha256Hex(file.bytes)}\n`;
  return sha256Hex(list);
}

/** The hash of one folder's files alone, such as an agent's: its version. */
export function hashFolder(bundle: Bundle, folder: string): string {
  return hashFiles(new Map([...bundle.files].filter(([path]) => path.startsWith(`${folder}/`))));
}

/** Whether a path relative to the project belongs to the governing files, or is a folder that may hold some. */
export function isGoverning(path: string): boolean {
  const [top, agent, inner] = path.split('/');
  if (path === 'governed.toml' || path === 'policy.toml' || top === 'actions') return true;
  return top === 'agents' && !(agent !== undefined && inner === 'workspace');
}
