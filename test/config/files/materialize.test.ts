import { execFileSync } from 'node:child_process';
import { chmod, mkdir, readdir, readFile, readlink, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { materialize, type Snapshot } from '../../../src/config/files/materialize.ts';
import { resolveCommand } from '../../../src/config/files/resolve-command.ts';
import { OperationError } from '../../../src/core/fault.ts';
import { projectOf } from '../bundle-of.ts';
import { tempDir, writeFiles } from '../temp-dir.ts';

const BUNDLE = projectOf({ 'actions/run.sh': 'echo hi\n', 'agents/a/agent.mjs': 'console.log(1)\n' });

async function snapshot(): Promise<Snapshot> {
  return { stateDir: await tempDir(), projectDir: await tempDir(), bundle: BUNDLE };
}

describe('materialize', () => {
  it('writes every file as it was accepted, not to be written again', async () => {
    const options = await snapshot();
    const dir = await materialize(options);
    expect(dir).toBe(join(options.stateDir, 'accepted', BUNDLE.hash));
    for (const [path, file] of BUNDLE.files) {
      expect(await readFile(join(dir, path))).toEqual(file.bytes);
      expect((await stat(join(dir, path))).mode & 0o777).toBe(0o400);
    }
    for (const folder of ['.', 'agents', 'agents/a', 'actions']) {
      expect((await stat(join(dir, folder))).mode & 0o777).toBe(0o500);
    }
    expect(await readdir(join(options.stateDir, 'accepted'))).toEqual([BUNDLE.hash]);
  });

  it('keeps the executable bit', async () => {
    const options = await snapshot();
    const files = [...BUNDLE.files].map(([path, file]) => [path, { ...file, mode: 0o111 }] as const);
    const { makeBundle } = await import('../../../src/config/files/bundle.ts');
    const dir = await materialize({ ...options, bundle: makeBundle(files) });
    expect((await stat(join(dir, 'actions/run.sh'))).mode & 0o777).toBe(0o500);
  });

  it('is the same folder for callers that write it at once', async () => {
    const options = await snapshot();
    const dirs = await Promise.all([1, 2, 3, 4].map(() => materialize(options)));
    expect(new Set(dirs).size).toBe(1);
    expect(await readdir(join(options.stateDir, 'accepted'))).toEqual([BUNDLE.hash]);
  });

  it('reaches the packages of the project, also those installed later', async () => {
    const options = await snapshot();
    await materialize(options);
    await writeFiles(options.projectDir, { 'node_modules/p/index.js': 'module.exports = 1' });
    const dir = await materialize(options);
    expect(await readlink(join(dir, 'node_modules'))).toBe(join(options.projectDir, 'node_modules'));
    expect(await readFile(join(dir, 'node_modules/p/index.js'), 'utf8')).toBe('module.exports = 1');
  });

  const alterations: readonly (readonly [string, (dir: string) => Promise<void>])[] = [
    ['has other content', (dir) => rewrite(join(dir, 'actions/run.sh'), 'echo ha\n', 0o400)],
    ['has other permissions', (dir) => chmod(join(dir, 'actions/run.sh'), 0o500)],
    ['is gone', (dir) => rm(join(dir, 'actions/run.sh'))],
    ['was not accepted', (dir) => writeFile(join(dir, 'actions/more.sh'), '')],
    ['was not accepted', (dir) => replaceByLink(join(dir, 'actions/run.sh'), '/etc/hostname')],
    ['points elsewhere', (dir) => symlink('/tmp', join(dir, 'node_modules'))],
  ];

  it.each(alterations)('refuses a copy where something %s', async (how, alter) => {
    const options = await snapshot();
    const dir = await materialize(options);
    await chmod(dir, 0o700);
    await chmod(join(dir, 'actions'), 0o700);
    await alter(dir);
    const refused = materialize(options);
    await expect(refused).rejects.toBeInstanceOf(OperationError);
    await expect(refused).rejects.toMatchObject({
      code: 'snapshot_altered',
      message: expect.stringContaining(how),
    });
  });

  it('says so when the state can’t be written', async () => {
    const options = await snapshot();
    await writeFile(join(options.stateDir, 'accepted'), 'in the way');
    await expect(materialize(options)).rejects.toBeInstanceOf(OperationError);
  });
});

describe('resolveCommand', () => {
  const bundle = projectOf({ 'agents/a/agent.mjs': '', 'actions/x.mjs': '' });
  const place = { snapshotDir: '/snap', bundle, projectDir: '/project' };

  it.each([
    ['agents/a', ['node', 'agent.mjs'], ['node', '/snap/agents/a/agent.mjs']],
    ['agents/a', ['./agent.mjs', '--x'], ['/snap/agents/a/agent.mjs', '--x']],
    ['agents/a', ['node', '../../actions/x.mjs'], ['node', '/snap/actions/x.mjs']],
    ['agents/a', ['node', '/project/actions/x.mjs'], ['node', '/snap/actions/x.mjs']],
    ['.', ['node', 'actions/x.mjs', ''], ['node', '/snap/actions/x.mjs', '']],
    ['.', ['node', 'agent.mjs', 'actions', '/etc/hosts'], ['node', 'agent.mjs', 'actions', '/etc/hosts']],
    ['.', ['node', '../project/actions/x.mjs'], ['node', '../project/actions/x.mjs']],
  ])('from %s turns %j into %j', (base, args, expected) => {
    expect(resolveCommand(args, { ...place, base })).toEqual(expected);
  });

  it('runs the accepted copy while the project’s own file says something else', async () => {
    const options = { stateDir: await tempDir(), projectDir: await tempDir(), bundle: BUNDLE };
    await mkdir(join(options.projectDir, 'agents/a'), { recursive: true });
    await writeFile(join(options.projectDir, 'agents/a/agent.mjs'), 'console.log(2)\n');
    const snapshotDir = await materialize(options);
    const [program = '', ...args] = resolveCommand([process.execPath, 'agent.mjs'], {
      base: 'agents/a',
      snapshotDir,
      bundle: BUNDLE,
    });
    expect(execFileSync(program, args, { cwd: join(options.projectDir, 'agents/a'), encoding: 'utf8' })).toBe(
      '1\n',
    );
  });
});

async function rewrite(path: string, content: string, mode: number): Promise<void> {
  await chmod(path, 0o600);
  await writeFile(path, content);
  await chmod(path, mode);
}

async function replaceByLink(path: string, target: string): Promise<void> {
  await rm(path);
  await symlink(target, path);
}
