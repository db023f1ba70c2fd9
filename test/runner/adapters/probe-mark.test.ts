import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { executablesOf } from '../../../src/runner/adapters/executables-of.ts';
import { holdsOnce } from '../../../src/runner/adapters/probe-mark.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'governed-mark-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

function program(name: string, content: string): string {
  const path = join(dir, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  chmodSync(path, 0o755);
  return path;
}

async function probes(
  path: string,
  args: readonly string[] = [],
  gap: string | null = null,
): Promise<number> {
  let count = 0;
  const probed = { name: 'codex', title: 'Codex', program: path, args, version: 1, hint: 'x' } as const;
  const executables = executablesOf(path);
  await holdsOnce({ ...probed, executables, cacheDir: join(dir, 'cache') }, () => {
    count += 1;
    return Promise.resolve(gap);
  }).catch(() => undefined);
  return count;
}

it('tries a program once, and again when its bytes or its arguments are others, whatever version it claims', async () => {
  const path = program('codex', 'version 1');
  expect([await probes(path), await probes(path), await probes(path, ['--more'])]).toEqual([1, 0, 1]);
  program('codex', 'version 1 ');
  expect(await probes(path)).toBe(1);
});

it('tries a program anew each time while its gate does not hold', async () => {
  const path = program('codex', 'x');
  expect([await probes(path, [], 'a gap'), await probes(path, [], 'a gap')]).toEqual([1, 1]);
});

it('looks at what a script of an npm package starts, since the script itself stays the same', async () => {
  const script = program('node_modules/@openai/codex/bin/codex.js', 'script');
  const native = program('node_modules/@openai/codex-linux-x64/vendor/bin/codex', 'native 1');
  const other = program('node_modules/@openai/other/bin/other', 'other');
  const link = join(dir, 'codex');
  symlinkSync(script, link);
  expect(executablesOf(link)).toEqual([native, script].sort());
  expect(executablesOf(link)).not.toContain(other);
  expect([await probes(link), await probes(link)]).toEqual([1, 0]);
  program('node_modules/@openai/codex-linux-x64/vendor/bin/codex', 'native 2');
  expect(await probes(link)).toBe(1);
});
