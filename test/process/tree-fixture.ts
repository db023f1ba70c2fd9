// Starts the fixture programs as trees and ends them after each test; and a witness of what lives that shares no code
// with what is tested.
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach } from 'vitest';
import { killTree, type SpawnedTree, spawnTree } from '../../src/process/entry.ts';

export const fixturePath = (name: string): string =>
  new URL(`../fixtures/process/${name}`, import.meta.url).pathname;

export const PATH = process.env['PATH'] ?? '/usr/bin:/bin';

export const newMarker = (): string => `GOVERNED_RUN_ID=run_${randomUUID()}`;

const trees: SpawnedTree[] = [];
let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'process-test-'));
});

afterEach(async () => {
  for (const { handle } of trees.splice(0)) await killTree(handle);
  rmSync(folder, { recursive: true, force: true });
});

/** A file of this test's own folder; the folder itself without a name. */
export const scratch = (name = ''): string => join(folder, name);

export async function startTree(command: readonly string[], marker = newMarker()): Promise<SpawnedTree> {
  const tree = await spawnTree({ command, cwd: folder, env: { PATH }, marker });
  tree.stdout.resume();
  tree.stderr.resume();
  trees.push(tree);
  return tree;
}

export const startFixture = (name: string, ...args: string[]): Promise<SpawnedTree> =>
  startTree(['sh', fixturePath(name), ...args]);

export function compileFixture(name: string): string {
  const program = scratch(name.replace('.c', ''));
  execFileSync('cc', ['-pthread', '-o', program, fixturePath(name)]);
  return program;
}

export async function until(isSo: () => boolean, what: string): Promise<void> {
  const deadlineMs = Date.now() + 20_000;
  while (!isSo()) {
    if (Date.now() > deadlineMs) throw new Error(`Waited in vain until ${what}.`);
    await delay(5);
  }
}

export const sizeOf = (path: string): number => (existsSync(path) ? statSync(path).size : 0);

export const untilGrows = (path: string): Promise<void> => {
  const before = sizeOf(path);
  return until(() => sizeOf(path) > before, `${path} grows`);
};

/** Pids of all live processes whose environment holds the marker, by `grep`-like means. */
export function witnessed(marker: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => readOr(`/proc/${pid}/environ`).split('\0').includes(marker))
    .filter((pid) => !/^State:\s+[ZX]/m.test(readOr(`/proc/${pid}/status`, 'State: X')))
    .map(Number);
}

function readOr(path: string, otherwise = ''): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return otherwise;
  }
}
