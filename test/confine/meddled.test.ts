// What an agent can do to its workspace so that it reaches further at the next run, or its operator does something for it.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { spawnTree } from '../../src/process/entry.ts';
import { openJail } from '../../src/runner/confine/open-jail.ts';
import { jailedRun, runJailed } from './jail-fixture.ts';
import { buildPrograms, newFolder, type Programs, removeFolders } from './probe-fixture.ts';

let programs: Programs;

beforeAll(async () => {
  programs = await buildPrograms();
}, 60_000);
afterAll(removeFolders);

const sh = (script: string) => jailedRun(programs.door, ['sh', '-c', script]);

describe('A jail, whatever its workspace was made into before,', () => {
  it('lets the agent commit, and keeps the hooks and the configuration of the repository it works in', async () => {
    const run = sh(
      [
        'git -c user.name=a -c user.email=a@b commit -q --allow-empty -m one && echo committed',
        'for act in "touch .git/hooks/post-commit" "chmod +x .git/hooks/x" "git config core.fsmonitor evil" "mv .git moved" "rm -rf .git/hooks" "mv .git/hooks .git/h"; do sh -c "$act" 2>/dev/null && echo "did: $act"; done',
        'echo over',
      ].join('\n'),
    );
    spawnSync('git', ['init', '-q', run.request.workspace]);
    writeFileSync(join(run.request.workspace, '.git/hooks/x'), '#!/bin/sh\n');
    expect((await runJailed(run)).stdout).toBe('committed\nover\n');
  });

  it('keeps where the repository of a worktree is', async () => {
    const run = sh(
      'for act in "rm .git" "mv .git x" "echo gitdir: /tmp > .git"; do sh -c "$act" 2>/dev/null && echo "did: $act"; done; echo over',
    );
    writeFileSync(join(run.request.workspace, '.git'), 'gitdir: /elsewhere\n');
    expect((await runJailed(run)).stdout).toBe('over\n');
  });

  it.each([
    ['the repository', '.git', '..'],
    ['the hooks', '.git/hooks', '../..'],
    ['the configuration', '.git/config', '../../secret.txt'],
  ])('shows nothing through a link that an earlier run left in the place of %s', async (_what, at, to) => {
    const run = sh('cat ../secret.txt .git/secret.txt .git/hooks/secret.txt .git/config; echo over');
    const beside = join(run.request.workspace, '..');
    writeFileSync(join(beside, 'secret.txt'), 'hush\n');
    if (at !== '.git') mkdirSync(join(run.request.workspace, '.git'));
    symlinkSync(to, join(run.request.workspace, at));
    if (at === '.git') expect((await runJailed(run)).stdout).toBe('over\n');
    else await expect(runJailed(run)).rejects.toMatchObject({ code: 'repository_refused' });
    expect(readdirSync(beside).sort()).toEqual(['secret.txt', 'workspace']);
  });

  it.each([
    ['a link', (tool: string, at: string) => symlinkSync(tool, at)],
    ['the first line', (tool: string, at: string) => writeFileSync(at, `#!${tool}\n`, { mode: 0o755 })],
  ])('does not show what %s of a program in the workspace leads to', async (_what, leave) => {
    const work = newFolder();
    for (const name of ['bin', 'lib']) mkdirSync(join(work, name));
    writeFileSync(join(work, 'bin', 'tool'), '#!/bin/sh\ncat "$(dirname "$0")"/../secret.txt\n', {
      mode: 0o755,
    });
    writeFileSync(join(work, 'secret.txt'), 'hush\n');
    const run = jailedRun(programs.door, ['./start']);
    leave(join(work, 'bin', 'tool'), join(run.request.workspace, 'start'));
    await expect(runJailed(run)).rejects.toMatchObject({ code: 'program_hidden' });
    const named = { ...run, request: { ...run.request, command: [join(work, 'bin', 'tool')] } };
    expect((await runJailed(named)).stdout).toBe('hush\n');
  });

  it('does not show a file that the command names through a link in the workspace', async () => {
    const run = jailedRun(programs.door, []);
    const { workspace } = run.request;
    writeFileSync(join(workspace, '..', 'secret.txt'), 'hush\n');
    symlinkSync('../secret.txt', join(workspace, 'given.txt'));
    const request = { ...run.request, command: ['cat', join(workspace, 'given.txt')] };
    expect(await runJailed({ ...run, request })).toMatchObject({ exitCode: 1, stdout: '' });
  });

  it('does not start the agent where another folder was put in the place of its workspace meanwhile', async () => {
    const run = sh('echo started');
    const { workspace } = run.request;
    const secret = newFolder();
    const swapped = openJail(run.request, (parts) =>
      parts.map(({ name, args }) =>
        name === `writable ${workspace}` ? { name, args: ['--bind', secret, workspace] } : { name, args },
      ),
    );
    const tree = await spawnTree({ ...swapped, marker: `GOVERNED_RUN_ID=${run.request.name}` });
    const output: string[] = [];
    for (const stream of [tree.stdout, tree.stderr]) stream.on('data', (chunk) => output.push(String(chunk)));
    expect(await tree.ended).toMatchObject({ exitCode: 125 });
    expect(output.join('')).toContain('was replaced while the jail was made');
    expect(output.join('')).not.toContain('started\n');
    swapped.release();
  });

  it('is not made for a workspace that is a link by now', async () => {
    const run = sh('true');
    const { workspace } = run.request;
    renameSync(workspace, `${workspace}-before`);
    symlinkSync(newFolder(), workspace);
    await expect(runJailed(run)).rejects.toMatchObject({ code: 'write_path_refused' });
  });
});
