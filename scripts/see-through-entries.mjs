// An esbuild plugin: an import from a folder's entry file becomes an import from the file that the entry re-exports. When it splits
// chunks, esbuild gives whoever imports one name of an entry all files behind it; seen through, a command loads only what it uses.
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, relative, resolve } from 'node:path';

const IMPORT = /^import \{([^}]*)\} from '([^']*entry\.ts)';$/gm;
const REEXPORT = /^export \{([^}]*)\} from '([^']+)';$/gm;

/** @returns {import('esbuild').Plugin} */
export function seeThroughEntries() {
  const known = new Map();
  return {
    name: 'see-through-entries',
    setup(build) {
      build.onLoad({ filter: /\/src\/.*\.ts$/ }, async ({ path }) => {
        const source = await readFile(path, 'utf8');
        return { loader: 'ts', contents: source.replace(IMPORT, (_, names, entry) => direct(path, names, entry)) };
      });
    },
  };

  function direct(path, names, entry) {
    const file = resolve(dirname(path), entry);
    const sources = known.get(file) ?? reexports(file);
    known.set(file, sources);
    return namesIn(names)
      .map((name) => {
        const target = relative(dirname(path), sources.get(name) ?? file);
        return `import { ${name} } from '${target.startsWith('.') ? target : `./${target}`}';`;
      })
      .join(' ');
  }
}

/** Name to the file it comes from. */
function reexports(file) {
  const found = new Map();
  for (const [, names, from] of readFileSync(file, 'utf8').matchAll(REEXPORT)) {
    for (const name of namesIn(names)) found.set(name, resolve(dirname(file), from));
  }
  return found;
}

/** Types are gone in the bundle anyway. */
function namesIn(list) {
  return list
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '' && !name.startsWith('type '));
}
