// Bundles the binary (split, so that a command loads only its own code) and the dashboard's client into dist/.
import { chmod, cp, mkdir, rm } from 'node:fs/promises';
import { build } from 'esbuild';
import { splitForSpeed } from './split-for-speed.mjs';

const root = new URL('..', import.meta.url).pathname;

await rm(`${root}dist`, { recursive: true, force: true });
await mkdir(`${root}dist/dashboard`, { recursive: true });

await build({
  absWorkingDir: root,
  entryPoints: { main: 'src/cli/main.ts' },
  outdir: 'dist',
  chunkNames: 'chunks/[name]-[hash]',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  packages: 'external',
  // Small enough that finding it among the packages takes longer than reading it here.
  alias: { picocolors: './node_modules/picocolors/picocolors.js' },
  plugins: [splitForSpeed()],
  sourcemap: 'linked',
  logLevel: 'warning',
});
await chmod(`${root}dist/main.js`, 0o755);
await cp(`${root}node_modules/picocolors/LICENSE`, `${root}dist/picocolors.LICENSE`);

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
