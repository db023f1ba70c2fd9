import { execFileSync } from 'node:child_process';
import { chmod, mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeBundle } from '../../../src/config/files/bundle.ts';
import { MOST_BYTES, MOST_FILES, readBundle } from '../../../src/config/files/read-bundle.ts';
import { sha256Hex } from '../../../src/core/canonical.ts';
import { tempDir, writeFiles } from '../temp-dir.ts';

describe('readBundle', () => {
  it('reads the governing files and nothing else', async () => {
    const dir = await tempDir();
    await writeFiles(dir, {
      'governed.toml': 'g',
      'policy.toml': 'p',
      'other.toml': 'x',
      'actions/a.mjs': 'a',
      'actions/deep/b.mjs': 'b',
      'agents/.gitignore': 'x',
      'agents/one/agent.toml': 't',
      'agents/one/tasks/t.md': 'm',
      'agents/one/workspace/out.txt': 'x',
      'agents/one/deep/workspace/in.txt': 'w',
      'node_modules/p/index.js': 'x',
    });
    const { files, hash } = await readBundle(dir);
    expect([...files.keys()]).toEqual([
      'actions/a.mjs',
      'actions/deep/b.mjs',
      'agents/one/agent.toml',
      'agents/one/deep/workspace/in.txt',
      'agents/one/tasks/t.md',
      'governed.toml',
      'policy.toml',
    ]);
    const list = [...files].map(([path, file]) => `${path}\0${0}\0${sha256Hex(file.bytes)}\n`).join('');
    expect(hash).toBe(sha256Hex(list));
  });

  it('changes the hash with a byte, a name and the executable bit, and with nothing in a workspace', async () => {
    const dir = await tempDir();
    await writeFiles(dir, { 'governed.toml': 'g', 'actions/a.sh': 'a' });
    const hashes = [(await readBundle(dir)).hash];
    await chmod(join(dir, 'actions/a.sh'), 0o755);
    hashes.push((await readBundle(dir)).hash);
    await writeFiles(dir, { 'actions/a.sh': 'b' });
    hashes.push((await readBundle(dir)).hash);
    await writeFiles(dir, { 'actions/b.sh': 'b' });
    hashes.push((await readBundle(dir)).hash);
    expect(new Set(hashes).size).toBe(4);
    await writeFiles(dir, { 'agents/one/workspace/out.txt': 'x' });
    expect((await readBundle(dir)).hash).toBe(hashes[3]);
  });

  it('is empty where there is nothing', async () => {
    expect((await readBundle(await tempDir())).files.size).toBe(0);
  });

  it.each([
    'governed.toml',
    'agents',
    'agents/one',
    'agents/one/agent.toml',
    'agents/one/workspace',
    'actions/x.mjs',
  ])('refuses a symbolic link at %s by name', async (path) => {
    const dir = await tempDir();
    await writeFiles(dir, { 'elsewhere/file': 'x' });
    await mkdir(join(dir, path, '..'), { recursive: true });
    await symlink(join(dir, 'elsewhere'), join(dir, path));
    await expect(readBundle(dir)).rejects.toMatchObject({ code: 'symlink_refused', path });
  });

  it('refuses node_modules among the governing files and says where packages go', async () => {
    const dir = await tempDir();
    await writeFiles(dir, { 'actions/node_modules/p/index.js': '' });
    await expect(readBundle(dir)).rejects.toMatchObject({
      code: 'node_modules_refused',
      path: 'actions/node_modules',
      hint: expect.stringContaining('top of the project'),
    });
  });

  it('does not wait for a pipe, and refuses what is no plain file', async () => {
    const dir = await tempDir();
    await mkdir(join(dir, 'actions'));
    execFileSync('mkfifo', [join(dir, 'actions/pipe')]);
    await expect(readBundle(dir)).rejects.toMatchObject({ code: 'not_a_plain_file', path: 'actions/pipe' });
  });

  it('refuses names that can’t be shown', async () => {
    const dir = await tempDir();
    await writeFiles(dir, { 'actions/a\u001b[2J.mjs': '' });
    await expect(readBundle(dir)).rejects.toMatchObject({ code: 'invalid_name' });
  });

  it('refuses too many files and too many bytes', async () => {
    const dir = await tempDir();
    await writeFiles(dir, { 'actions/big': Buffer.alloc(MOST_BYTES + 1) });
    await expect(readBundle(dir)).rejects.toMatchObject({ code: 'too_many_rules', path: 'actions/big' });
    const many = await tempDir();
    const names = Array.from({ length: MOST_FILES + 1 }, (_, index) => [`actions/${index}`, ''] as const);
    await writeFiles(many, Object.fromEntries(names));
    await expect(readBundle(many)).rejects.toMatchObject({ code: 'too_many_rules' });
  });
});

describe('makeBundle', () => {
  it('gives the same hash whatever the order, and another for any other content', () => {
    const file = fc.record({
      bytes: fc.uint8Array({ maxLength: 4 }).map((bytes) => Buffer.from(bytes)),
      mode: fc.constantFrom(0, 0o111),
    });
    const files = fc.dictionary(fc.stringMatching(/^[a-c\n ]{1,3}$/), file, { maxKeys: 5 });
    fc.assert(
      fc.property(files, files, (a, b) => {
        expect(makeBundle(Object.entries(a)).hash).toBe(makeBundle(Object.entries(a).reverse()).hash);
        const plain = (texts: typeof a): string =>
          JSON.stringify(
            Object.keys(texts)
              .sort()
              .map((path) => [path, texts[path]?.bytes.toString('hex'), texts[path]?.mode]),
          );
        expect(makeBundle(Object.entries(a)).hash === makeBundle(Object.entries(b)).hash).toBe(
          plain(a) === plain(b),
        );
      }),
    );
  });
});
