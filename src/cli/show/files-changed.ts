// The files that agents wrote in their workspaces. What lies there is theirs to shape, so the look is bounded in every direction: folders of any
// width and depth, pipes, links and what may not be entered neither end it nor hold it up.
import { type Dir, type Dirent, lstatSync, opendirSync, type Stats } from 'node:fs';
import { join, relative } from 'node:path';

export const MOST_FILES = 20;
const MOST_LOOKED_AT = 20_000;

export function filesChanged(projectDir: string, sinceMs: number): readonly string[] {
  const found: string[] = [];
  let left = MOST_LOOKED_AT;
  const folders = [...entriesOf(join(projectDir, 'agents'))]
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => join(projectDir, 'agents', name, 'workspace'));
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    for (const entry of entriesOf(folder)) {
      if (left <= 0 || found.length >= MOST_FILES) return found.sort();
      left -= 1;
      const path = join(folder, entry.name);
      if (entry.isDirectory() && entry.name !== 'node_modules' && entry.name !== '.git') folders.push(path);
      else if (entry.isFile() && (statOf(path)?.mtimeMs ?? 0) >= sinceMs)
        found.push(relative(projectDir, path));
    }
  }
  return found.sort();
}

function* entriesOf(folder: string): Generator<Dirent> {
  const dir = tried(() => opendirSync(folder));
  if (dir === undefined) return;
  try {
    for (let entry = next(dir); entry !== undefined; entry = next(dir)) yield entry;
  } finally {
    dir.closeSync();
  }
}

function next(dir: Dir): Dirent | undefined {
  return tried(() => dir.readSync()) ?? undefined;
}

function statOf(path: string): Stats | undefined {
  return tried(() => lstatSync(path));
}

function tried<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch {
    // What can't be entered, has too long a name or is gone has nothing that could be told of it.
    return undefined;
  }
}
