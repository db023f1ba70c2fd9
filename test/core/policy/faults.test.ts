import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { afterAll, describe, expect, it } from 'vitest';
import { PLANTED_FAULTS, type PlantedFault } from './planted-faults.ts';

const ROOT = resolve(import.meta.dirname, '../../..');
const POLICY = join(ROOT, 'src/core/policy');
/** Inside node_modules, so that what stays outside of the bundle is found. */
const FOLDER = join(ROOT, 'node_modules/.cache', `planted-faults-${process.pid}`);
const PAIRS = 40_000;

type Comparison = { readonly firstMismatch: (pairs: number, seed: number) => unknown };

/** The comparison over an engine in which one text is another. */
async function comparisonWith(fault: PlantedFault, index: number): Promise<Comparison> {
  const path = join(POLICY, fault.file);
  const source = readFileSync(path, 'utf8');
  const contents = source.replace(fault.from, () => fault.to);
  expect(source.split(fault.from), `${fault.file} holds the text exactly once`).toHaveLength(2);
  mkdirSync(FOLDER, { recursive: true });
  const outfile = join(FOLDER, `${index}.mjs`);
  await build({
    entryPoints: [join(import.meta.dirname, 'compare-with-model.ts')],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
    plugins: [
      {
        name: 'plant',
        setup: ({ onLoad }) =>
          onLoad({ filter: /\.ts$/ }, (file) => (file.path === path ? { contents, loader: 'ts' } : null)),
      },
    ],
  });
  return (await import(pathToFileURL(outfile).href)) as Comparison;
}

afterAll(() => rmSync(FOLDER, { recursive: true, force: true }));

describe('a fault planted into the engine is caught by the reference model', () => {
  it.each(PLANTED_FAULTS.map((fault, index) => [fault.what, fault, index] as const))(
    '%s',
    async (_, fault, index) => {
      const { firstMismatch } = await comparisonWith(fault, index);
      expect(firstMismatch(PAIRS, 1)).not.toBeNull();
    },
  );
});
