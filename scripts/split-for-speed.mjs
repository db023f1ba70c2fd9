// An esbuild plugin for fast starts: reading a file costs half a millisecond, so a command should load few and only what it uses.
//
// Entries are seen through: an import from a folder's entry file becomes an import from the file that the entry re-exports. Otherwise
// whoever uses one name of an entry would load all files behind it.
//
// What every command needs is kept together: every file but the first is made to import it, so that all parts of the program share it as
// one chunk and not as a dozen.
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';

const src = resolve(import.meta.dirname, '../src');
/** With all that they import. */
const TOGETHER = [
  'cli/answered-in-full.ts',
  'cli/output.ts',
  'cli/project.ts',
  'cli/reach.ts',
  'cli/resource.ts',
  'cli/show/words.ts',
  'core/visible-text.ts',
];
const together = new Set(TOGETHER.map((path) => join(src, path)));
/** Answers --version and --help from its one file: what it imports at once is put into it as a copy of its own. */
const FIRST = join(src, 'cli/main.ts');
const BASE = 'governed:base';

const IMPORT = /^import \{([^}]*)\} from '([^']*entry\.ts)';$/gm;
const REEXPORT = /^export \{([^}]*)\} from '([^']+)';$/gm;

/** @returns {import('esbuild').Plugin} */
export function splitForSpeed() {
  const known = new Map();
  return {
    name: 'split-for-speed',
    setup(build) {
      build.onResolve({ filter: /^governed:base$/ }, () => ({
        path: BASE,
        namespace: 'base',
        sideEffects: true,
      }));
      // Whoever imports them first: esbuild keeps the answer, and would drop an import of the name alone.
      build.onResolve({ filter: /\.(?:ts|json)$/ }, ({ path, resolveDir, kind, pluginData }) => {
        const file = resolve(resolveDir, path);
        if (pluginData?.isFirst && kind === 'import-statement')
          return { path: file, suffix: '?first', pluginData };
        return together.has(file) ? { path: file, sideEffects: true } : undefined;
      });
      build.onLoad({ filter: /./, namespace: 'base' }, () => ({
        resolveDir: src,
        contents: [...together].map((path) => `import '${path}';`).join('\n'),
      }));
      build.onLoad({ filter: /\/src\/.*\.tsx?$/ }, async ({ path, pluginData }) => {
        const source = (await readFile(path, 'utf8')).replace(IMPORT, (_, names, entry) =>
          direct(path, names, entry),
        );
        const isFirst = path === FIRST || pluginData?.isFirst === true;
        const contents = isFirst ? source : `${source}\nimport '${BASE}';\n`;
        return { loader: 'ts', contents, pluginData: { isFirst } };
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
