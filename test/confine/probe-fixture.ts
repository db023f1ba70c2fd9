// Builds the programs that go into a jail and runs the probes, as the user who runs the tests.
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';

export async function buildPrograms(
  outdir: string,
): Promise<{ readonly door: string; readonly program: string }> {
  const src = new URL('../../src/runner/confine/', import.meta.url).pathname;
  await build({
    entryPoints: { door: `${src}door/door.ts`, probe: `${src}probes/probe-program.ts` },
    outdir,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    logLevel: 'warning',
  });
  return { door: join(outdir, 'door.mjs'), program: join(outdir, 'probe.mjs') };
}

export function newFolder(): string {
  return mkdtempSync(join(tmpdir(), 'governed-confine-'));
}
