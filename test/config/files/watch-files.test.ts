import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { watchFiles } from '../../../src/config/files/watch-files.ts';
import { tempDir, writeFiles } from '../temp-dir.ts';

interface Watched {
  readonly dir: string;
  /** Settles at the next call after this one. */
  next(): Promise<void>;
  calls(): number;
}

async function watched(): Promise<Watched> {
  const dir = await tempDir();
  await writeFiles(dir, { 'governed.toml': 'a', 'agents/one/agent.toml': 'a' });
  let calls = 0;
  let wake = (): void => undefined;
  const watcher = watchFiles({
    projectDir: dir,
    quietMs: 20,
    onChange: () => {
      calls += 1;
      wake();
    },
    onFault: (fault) => {
      throw fault;
    },
  });
  onTestFinished(() => watcher.close());
  await watcher.ready;
  const next = (): Promise<void> =>
    new Promise((resolve) => {
      wake = resolve;
    });
  return { dir, next, calls: () => calls };
}

it('notices an edit, a new file, a new folder and a removal among the governing files', async () => {
  const { dir, next } = await watched();
  const edits = [
    () => writeFiles(dir, { 'governed.toml': 'b' }),
    () => writeFiles(dir, { 'policy.toml': 'b' }),
    () => writeFiles(dir, { 'agents/two/agent.toml': 'b' }),
    () => writeFiles(dir, { 'actions/x.mjs': 'b' }),
    () => rm(join(dir, 'agents/one/agent.toml')),
  ];
  for (const edit of edits) {
    const noticed = next();
    await edit();
    await noticed;
  }
});

it('says nothing about workspaces and other files', async () => {
  const { dir, next, calls } = await watched();
  await writeFiles(dir, { 'agents/one/workspace/out.txt': 'x', 'src/x.ts': 'x', 'README.md': 'x' });
  // What the watcher had to say about those files comes before this.
  const noticed = next();
  await writeFiles(dir, { 'policy.toml': 'x' });
  await noticed;
  expect(calls()).toBe(1);
});
