// Bundles the binary (split, so that a command loads only its own code) and the dashboard's client into dist/. Packages are bundled
// too, but for the native one: finding and reading hundreds of small files is most of what a start costs.
import { chmod, cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { build } from 'esbuild';
import { splitForSpeed } from './split-for-speed.mjs';

const root = new URL('..', import.meta.url).pathname;

/** Bundled CommonJS packages ask for Node's own modules. */
const REQUIRE = "import { createRequire } from 'node:module';const require = createRequire(import.meta.url);";

await rm(`${root}dist`, { recursive: true, force: true });
await mkdir(`${root}dist/dashboard`, { recursive: true });

const { metafile } = await build({
  absWorkingDir: root,
  entryPoints: { main: 'src/cli/main.ts' },
  outdir: 'dist',
  chunkNames: 'chunks/[name]-[hash]',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  external: ['better-sqlite3'],
  banner: { js: REQUIRE },
  metafile: true,
  plugins: [splitForSpeed()],
  sourcemap: 'linked',
  logLevel: 'warning',
});
await dropUnusedRequire(Object.keys(metafile.outputs));
// What goes into jails: each one file that needs nothing beside it.
await build({
  absWorkingDir: root,
  entryPoints: {
    door: 'src/runner/confine/door/door.ts',
    probe: 'src/runner/confine/probes/probe-program.ts',
  },
  outdir: 'dist/confine',
  outExtension: { '.js': '.mjs' },
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  minifySyntax: true,
  logLevel: 'warning',
});
// What the server starts for approved actions, beside its own process.
await build({
  absWorkingDir: root,
  entryPoints: Object.fromEntries(
    ['http-request', 'git-push', 'write-file', 'run-module'].map((name) => [
      name,
      `src/server/executors/ready/${name}-program.ts`,
    ]),
  ),
  outdir: 'dist/actions',
  outExtension: { '.js': '.mjs' },
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  minifySyntax: true,
  logLevel: 'warning',
});
await chmod(`${root}dist/main.js`, 0o755);
await writeFile(`${root}dist/LICENSES.txt`, await licences(Object.keys(metafile.inputs)));

await build({
  absWorkingDir: root,
  entryPoints: { app: 'src/server/dashboard/client/app.tsx' },
  outdir: 'dist/dashboard',
  bundle: true,
  format: 'esm',
  platform: 'browser',
  target: 'es2022',
  minify: true,
  jsx: 'automatic',
  jsxImportSource: 'preact',
  logLevel: 'warning',
});
for (const file of ['index.html', 'style.css']) {
  await cp(`${root}src/server/dashboard/client/${file}`, `${root}dist/dashboard/${file}`);
}

/** Almost no part needs it, and each that has it pays for it at every start. Lines stay where source maps say. */
async function dropUnusedRequire(outputs) {
  for (const path of outputs.filter((each) => each.endsWith('.js'))) {
    const text = await readFile(`${root}${path}`, 'utf8');
    const without = text.replace(REQUIRE, '');
    if (!/\brequire\b/.test(without)) await writeFile(`${root}${path}`, without);
  }
}

/** The licences of the bundled packages, which ask to be passed on. */
async function licences(inputs) {
  const packages = new Set(
    inputs.flatMap((path) => /^(node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? []),
  );
  const texts = [...packages].sort().map(async (folder) => {
    const file = (await readdir(`${root}${folder}`)).find((name) => /^licen[cs]e/i.test(name));
    const { name, version, license } = JSON.parse(await readFile(`${root}${folder}/package.json`, 'utf8'));
    const text = file === undefined ? '' : await readFile(`${root}${folder}/${file}`, 'utf8');
    return `${name} ${version} (${license})\n\n${text}`;
  });
  return (await Promise.all(texts)).join(`\n${'-'.repeat(80)}\n`);
}
