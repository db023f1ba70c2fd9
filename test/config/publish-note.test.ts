import { spawnSync } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { tempDir } from './temp-dir.ts';

const SCRIPT = join(import.meta.dirname, '../../templates/project/actions/publish-note.mjs');

function publish(dir: string, key: string, input: string): unknown {
  const env = { GOVERNED_PROJECT_DIR: dir, GOVERNED_IDEMPOTENCY_KEY: key };
  const { status, stdout } = spawnSync(process.execPath, [SCRIPT], { env, input, encoding: 'utf8' });
  expect(status).toBe(0);
  return JSON.parse(stdout);
}

describe('actions/publish-note.mjs', () => {
  it('writes the note under its title', async () => {
    const dir = await tempDir();
    const note = JSON.stringify({ title: 'Crème brûlée,\n twice!', body: 'Sweet.' });
    expect(publish(dir, 'k1', note)).toEqual({
      outcome: 'executed',
      detail: { path: 'published/creme-brulee-twice.md', already_published: false },
    });
    expect(await readdir(join(dir, 'published'))).toEqual(['creme-brulee-twice.md']);
    const text = await readFile(join(dir, 'published/creme-brulee-twice.md'), 'utf8');
    expect(text).toContain('# Crème brûlée, twice!\n\nSweet.\n');
  });

  it('publishes once however often it is called with the same key', async () => {
    const dir = await tempDir();
    const note = JSON.stringify({ title: 'One', body: 'x' });
    publish(dir, 'k1', note);
    expect(publish(dir, 'k1', note)).toMatchObject({
      outcome: 'executed',
      detail: { already_published: true },
    });
    expect(await readdir(join(dir, 'published'))).toEqual(['one.md']);
  });

  it('gives another note with the same title another name, and still knows each by its key', async () => {
    const dir = await tempDir();
    publish(dir, 'k1', JSON.stringify({ title: 'One', body: 'first' }));
    publish(dir, 'k2', JSON.stringify({ title: 'One', body: 'second' }));
    expect(publish(dir, 'k2', JSON.stringify({ title: 'One', body: 'second' }))).toMatchObject({
      detail: { path: 'published/one-2.md', already_published: true },
    });
    expect((await readdir(join(dir, 'published'))).sort()).toEqual(['one-2.md', 'one.md']);
    expect(await readFile(join(dir, 'published/one.md'), 'utf8')).toContain('first');
  });

  it.each(['', 'null', '[]', '{"title":"x"}', '{"title":" ","body":"x"}', '{"title":1,"body":"x"}'])(
    'fails without writing anything on %j',
    async (input) => {
      const dir = await tempDir();
      expect(publish(dir, 'k', input)).toMatchObject({ outcome: 'failed' });
      expect(await readdir(dir)).toEqual([]);
    },
  );

  it.each(['../../etc/passwd', '/etc/passwd', '..', '日本', '\u0000'])(
    'keeps the title %j inside published/',
    async (title) => {
      const dir = await tempDir();
      expect(publish(dir, 'k', JSON.stringify({ title, body: 'x' }))).toMatchObject({
        detail: { path: expect.stringMatching(/^published\/[a-z0-9-]+\.md$/) },
      });
      expect(await readdir(dir)).toEqual(['published']);
    },
  );
});
