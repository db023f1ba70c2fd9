// Bundles the binary (split, so that a command loads only its own code) and the dashboard's client into dist/. Packages are bundled
// too, but for the native one: finding and reading hundreds of small files is most of what a start costs. Made beside dist/ and put in its
// place when it is whole, so that what runs meanwhile finds one or the other.
import { existsSync, rmSync } from 'node:fs';
import { chmod, cp, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { splitForSpeed } from './split-for-speed.mjs';

// A fresh clone has no packages, and `npm install -g .` builds without installing any: a stack would not say what to do.
const { build } = await import('esbuild').catch((error) => {
  if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error;
  console.error(
    'error: the packages that the build needs are not installed\n  hint: run `npm ci` first, in this folder',
  );
  process.exit(1);
});

const root = new URL('..', import.meta.url).pathname;

/** Bundled CommonJS packages ask for Node's own modules. */
const REQUIRE = "import { createRequire } from 'node:module';const require = createRequire(import.meta.url);";

const made = `dist.${process.pid}`;
process.once('exit', () => rmSync(`${root}${made}`, { recursive: true, force: true }));
await mkdir(`${root}${made}/dashboard`, { recursive: true });

const { metafile } = await build({
  absWorkingDir: root,
  entryPoints: { main: 'src/cli/main.ts' },
  outdir: made,
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
await dropUnused(metafile.outputs);
// What goes into jails: each one file that needs nothing beside it.
await build({
  absWorkingDir: root,
  entryPoints: {
    door: 'src/runner/confine/door/door.ts',
    probe: 'src/runner/confine/probes/probe-program.ts',
  },
  outdir: `${made}/confine`,
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
  outdir: `${made}/actions`,
  outExtension: { '.js': '.mjs' },
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  minifySyntax: true,
  logLevel: 'warning',
});
await chmod(`${root}${made}/main.js`, 0o755);
await writeFile(`${root}${made}/LICENSES.txt`, await licences(Object.keys(metafile.inputs)));

await build({
  absWorkingDir: root,
  entryPoints: { app: 'src/server/dashboard/client/app.tsx' },
  outdir: `${made}/dashboard`,
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
  await cp(`${root}src/server/dashboard/client/${file}`, `${root}${made}/dashboard/${file}`);
}
await putInPlace();

async function putInPlace() {
  const before = `${root}${made}.before`;
  if (existsSync(`${root}dist`)) await rename(`${root}dist`, before);
  await rename(`${root}${made}`, `${root}dist`);
  await rm(before, { recursive: true, force: true });
}

/**
 * Almost no part needs `require`, and none the helpers of esbuild that it takes no name of; each that has them pays for them at every
 * start. Lines stay where source maps say.
 */
async function dropUnused(outputs) {
  const paths = Object.keys(outputs).filter((path) => path.endsWith('.js'));
  const helpers = paths
    .filter((path) => Object.keys(outputs[path].inputs).length === 0)
    .map((path) => basename(path));
  for (const path of paths) {
    const text = await readFile(`${root}${path}`, 'utf8');
    const lines = text.split('\n').map((line) => {
      const bare = /^import "\.\/(?:chunks\/)?([^"/]+)";$/.exec(line)?.[1];
      return helpers.includes(bare) ? '' : line;
    });
    const without = lines.join('\n').replace(REQUIRE, '');
    await writeFile(`${root}${path}`, /\brequire\b/.test(without) ? lines.join('\n') : without);
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
