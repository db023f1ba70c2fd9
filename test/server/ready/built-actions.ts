// The programs of the ready executors, built into a throwaway folder as the package has them in dist/actions.
import { join, resolve } from 'node:path';
import { build } from 'esbuild';

const SOURCE = resolve(import.meta.dirname, '../../../src/server/executors/ready');

export async function buildActions(dir: string): Promise<string> {
  const names = ['http-request', 'git-push', 'write-file', 'run-module'];
  await build({
    entryPoints: Object.fromEntries(names.map((name) => [name, join(SOURCE, `${name}-program.ts`)])),
    outdir: dir,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
  });
  return dir;
}
