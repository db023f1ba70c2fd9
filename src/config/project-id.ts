// Reads a project's id by itself, without the rest of the rules, so that stopping works while governed.toml is broken. Only the
// plain form that `init` writes is understood; the rules are refused when this reading and theirs disagree.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../core/fault.ts';
import { fileFault } from './files/file-fault.ts';

export function readProjectId(projectDir: string): string {
  const path = join(projectDir, 'governed.toml');
  const found = scanProjectId(readText(path));
  if (found !== null) return found;
  throw new InputError({
    code: 'no_project_id',
    message: 'there is no project id in governed.toml',
    path: 'governed.toml',
    hint: 'under [project], on a line of its own, put back id = "prj_…" as `governed-agents init` made it',
  });
}

/** The id on a line of its own under [project]; null when there is none. */
export function scanProjectId(text: string): string | null {
  let table = '';
  for (const line of text.split(/\r?\n/)) {
    table = /^\s*\[\s*([^[\]]+?)\s*\]/.exec(line)?.[1] ?? table;
    const id = /^\s*id\s*=\s*["'](prj_[0-9a-z]+)["']\s*(#.*)?$/.exec(line)?.[1];
    if (id !== undefined && table === 'project') return id;
  }
  return null;
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw fileFault('read governed.toml', path, cause);
  }
}
