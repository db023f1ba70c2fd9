import { spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { WriteFileSettings } from '../../../src/core/rules/program-rules.ts';
import type { ActionReport } from '../../../src/server/executors/ready/action.ts';
import { openFolder } from '../../../src/server/executors/ready/open-folder.ts';
import { writeFile } from '../../../src/server/executors/ready/write-file.ts';
import { counts } from '../../counts.ts';

let root: string;
let dir: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'governed-write-'));
  dir = join(root, 'project');
  for (const folder of ['published', 'agents/a/workspace', 'actions', '../elsewhere'])
    mkdirSync(join(dir, folder), { recursive: true });
  writeFileSync(join(dir, 'governed.toml'), 'mine');
  writeFileSync(join(root, 'secret'), 'secret');
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(payload: unknown, settings: Partial<WriteFileSettings> = {}): Promise<ActionReport> {
  const all = {
    use: 'write-file',
    folders: ['published', 'agents/a/workspace/out'],
    overwrite: true,
  } as const;
  const context = { idempotencyKey: 'k', projectDir: dir, timeoutMs: 1_000, env: {} };
  return writeFile(payload, { ...all, ...settings }, context);
}

const inProject = (path: string): string => readFileSync(join(dir, path), 'utf8');

describe('a file', () => {
  it('appears whole, in folders that are made for it, and nothing else does', async () => {
    const report = await write({ path: 'published/2026/11/note.md', content: 'Grüße\n' });
    expect(report).toEqual({
      outcome: 'executed',
      detail: { path: 'published/2026/11/note.md', bytes: 8, overwritten: false },
    });
    expect(inProject('published/2026/11/note.md')).toBe('Grüße\n');
    expect(readdirSync(join(dir, 'published/2026/11'))).toEqual(['note.md']);
  });

  it('is written by its absolute path too, in a folder outside of the project', async () => {
    const path = join(root, 'elsewhere/a/b.bin');
    const payload = { path, content: Buffer.from([0, 255, 1]).toString('base64'), encoding: 'base64' };
    expect((await write(payload, { folders: [join(root, 'elsewhere')] })).outcome).toBe('executed');
    expect(readFileSync(path)).toEqual(Buffer.from([0, 255, 1]));
  });

  it('is not written again by a retry', async () => {
    await write({ path: 'published/a', content: 'x' });
    const { ino } = statSync(join(dir, 'published/a'));
    expect(await write({ path: 'published/a', content: 'x' })).toMatchObject({
      outcome: 'executed',
      detail: { already_written: true },
    });
    expect(statSync(join(dir, 'published/a')).ino).toBe(ino);
  });

  it('is replaced only when the payload and the operator both say so, and keeps its mode', async () => {
    await write({ path: 'published/a', content: 'x' });
    chmodSync(join(dir, 'published/a'), 0o755);
    expect((await write({ path: 'published/a', content: 'y' })).outcome).toBe('failed');
    expect(
      (await write({ path: 'published/a', content: 'y', overwrite: true }, { overwrite: false })).outcome,
    ).toBe('failed');
    expect(inProject('published/a')).toBe('x');
    expect(await write({ path: 'published/a', content: 'y', overwrite: true })).toMatchObject({
      outcome: 'executed',
      detail: { overwritten: true },
    });
    expect(inProject('published/a')).toBe('y');
    expect(statSync(join(dir, 'published/a')).mode & 0o777).toBe(0o755);
  });

  it('that is replaced leaves what else was linked to it as it was', async () => {
    linkSync(join(root, 'secret'), join(dir, 'published/a'));
    await write({ path: 'published/a', content: 'y', overwrite: true });
    expect(readFileSync(join(root, 'secret'), 'utf8')).toBe('secret');
  });

  it('is written by one of eight at once, whole', async () => {
    const all = await Promise.all(
      Array.from({ length: 8 }, (_, n) =>
        write({ path: 'published/race', content: String(n).repeat(10_000) }),
      ),
    );
    expect(all.filter(({ outcome }) => outcome === 'executed')).toHaveLength(1);
    expect(inProject('published/race')).toMatch(/^(\d)\1{9999}$/);
    expect(readdirSync(join(dir, 'published'))).toEqual(['race']);
  });
});

describe('is refused, and nothing is written,', () => {
  it.each<readonly [why: string, path: (at: string) => string, says: string]>([
    ['for a path that leads up', () => 'published/../governed.toml', '".."'],
    ['for a path that leads up at its end', () => 'published/..', '".."'],
    ['for a repository’s own folder', () => 'published/.git/config', '".git"'],
    ['for it in capitals', () => 'published/.GIT/config', '".git"'],
    ['for another folder', () => 'elsewhere/a', 'none of the allowed folders'],
    ['for a folder that only begins so', () => 'published-not/a', 'none of the allowed folders'],
    ['for the folder itself', () => 'published', 'none of the allowed folders'],
    ['for a name that is a folder', () => 'published/a/', 'names a folder'],
    ['for an absolute path elsewhere', () => '/etc/cron.d/x', 'none of the allowed folders'],
    ['for a rule file', () => 'governed.toml', 'governs the project'],
    ['for a rule file by another path', (at) => join(at, 'policy.toml'), 'governs the project'],
    ['for an agent’s own file', () => 'agents/a/agent.toml', 'governs the project'],
    ['for a program of the operator', () => 'actions/x.mjs', 'governs the project'],
    ['for a line break in the name', () => 'published/a\nb', 'control character'],
    ['for a backslash', () => 'published\\..\\x', 'backslash'],
    ['for a path written longer', () => 'published//a', '"//"'],
    ['for a NUL', () => 'published/a\0b', 'control character'],
    ['for a long name', () => `published/${'n'.repeat(300)}`, 'too long'],
  ])('%s', async (_why, path, says) => {
    // What the text of a folder allows is not what its path is: the whole project, listed by its absolute path.
    const folders = ['published', ...(says === 'governs the project' ? [dir] : [])];
    const report = await write({ path: path(dir), content: 'x', overwrite: true }, { folders });
    expect(report.outcome).toBe('failed');
    expect(report.detail['reason']).toContain(says);
    expect(inProject('governed.toml')).toBe('mine');
    expect(readdirSync(join(dir, 'published'))).toEqual([]);
  });

  it('for content that is no base64, and for a field that there is not', async () => {
    expect((await write({ path: 'published/a', content: 'no base 64!', encoding: 'base64' })).outcome).toBe(
      'failed',
    );
    expect((await write({ path: 'published/a', content: 'x', mode: 511 })).outcome).toBe('failed');
    expect(readdirSync(join(dir, 'published'))).toEqual([]);
  });

  it('through a link, wherever on the way it is, also where an agent put the listed folder itself', async () => {
    symlinkSync(join(dir, 'actions'), join(dir, 'published/sub'));
    symlinkSync(join(dir, 'governed.toml'), join(dir, 'published/rules'));
    symlinkSync(join(root, 'nowhere'), join(dir, 'published/dangling'));
    symlinkSync(join(dir, 'actions'), join(dir, 'agents/a/workspace/out'));
    for (const path of [
      'published/sub/x',
      'published/rules',
      'published/dangling',
      'agents/a/workspace/out/x',
    ]) {
      const report = await write({ path, content: 'x', overwrite: true });
      expect([path, report.outcome]).toEqual([path, 'failed']);
    }
    expect(inProject('governed.toml')).toBe('mine');
    expect(readdirSync(join(dir, 'actions'))).toEqual([]);
    expect(existsSync(join(root, 'nowhere'))).toBe(false);
    expect(lstatSync(join(dir, 'published/rules')).isSymbolicLink()).toBe(true);
  });

  it.runIf(process.platform === 'linux')(
    'through a folder that becomes a link after it was opened',
    async () => {
      const folder = await openFolder(dir, ['published', 'sub'], 'make');
      renameSync(join(dir, 'published/sub'), join(root, 'kept'));
      symlinkSync(join(dir, 'actions'), join(dir, 'published/sub'));
      writeFileSync(folder.at('x'), 'x');
      await folder.close();
      expect([readdirSync(join(dir, 'actions')), readdirSync(join(root, 'kept'))]).toEqual([[], ['x']]);
    },
  );

  it('through a folder that is swapped for a link while it is being written', async () => {
    mkdirSync(join(dir, 'published/sub'));
    symlinkSync(join(dir, 'actions'), join(root, 'link'));
    const swap = `const { renameSync } = require('node:fs');
      for (;;) {
        renameSync('published/sub', '../kept'); renameSync('../link', 'published/sub');
        renameSync('published/sub', '../link'); renameSync('../kept', 'published/sub');
      }`;
    const swapper = spawn(process.execPath, ['-e', swap], { cwd: dir, stdio: 'ignore' });
    const outcomes = new Set<string>();
    for (let n = 0; n < counts(300, 5_000); n += 1)
      outcomes.add((await write({ path: `published/sub/${n}`, content: 'x' })).outcome);
    swapper.kill('SIGKILL');
    expect(readdirSync(join(dir, 'actions'))).toEqual([]);
    expect(outcomes).not.toContain('unknown');
  });

  it('where something else than a file or folder stands', async () => {
    mkdirSync(join(dir, 'published/folder'));
    writeFileSync(join(dir, 'published/file'), '');
    expect((await write({ path: 'published/folder', content: 'x', overwrite: true })).outcome).toBe('failed');
    expect((await write({ path: 'published/file/x', content: 'x' })).outcome).toBe('failed');
  });
});
