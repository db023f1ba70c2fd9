// All that is started of a program: itself, and where it is but a script of an npm package, the executables of the packages for this platform
// that it starts: those that npm puts beside it, with its name and more.
import { readdirSync, realpathSync, statSync } from 'node:fs';
import { join, sep } from 'node:path';

export function executablesOf(program: string): readonly string[] {
  const real = realpathSync(program);
  const parts = real.split(sep);
  const at = parts.lastIndexOf('node_modules');
  if (at < 0) return [real];
  const scoped = parts[at + 1]?.startsWith('@') === true;
  const folder = parts.slice(0, at + (scoped ? 2 : 1)).join(sep);
  const own = parts[at + (scoped ? 2 : 1)] ?? '';
  const beside = readdirSync(folder)
    .filter((each) => each.startsWith(`${own}-`))
    .flatMap((each) => executablesIn(join(folder, each)));
  return [...new Set([real, ...beside])].sort();
}

function executablesIn(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => (statSync(path).mode & 0o111) !== 0);
}
