import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { filesChanged } from '../../../src/cli/show/files-changed.ts';

let project: string;
let workspace: string;
beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), 'governed-'));
  workspace = join(project, 'agents', 'noop', 'workspace');
  mkdirSync(workspace, { recursive: true });
});
afterEach(() => rmSync(project, { recursive: true, force: true }));

describe('The look for changed files', () => {
  it('names files, also in folders, and follows no link', () => {
    mkdirSync(join(workspace, 'deep'));
    for (const name of ['note.txt', 'deep/more.txt']) writeFileSync(join(workspace, name), '');
    symlinkSync('/usr', join(workspace, 'elsewhere'));
    symlinkSync('/etc/passwd', join(workspace, 'users'));
    expect(filesChanged(project, 0)).toEqual([
      'agents/noop/workspace/deep/more.txt',
      'agents/noop/workspace/note.txt',
    ]);
    expect(filesChanged(project, Date.now() + 60_000)).toEqual([]);
  });

  it('is not held up by a pipe, ended by a path without end, or choked by a folder of very many', () => {
    spawnSync('mkfifo', [join(workspace, 'pipe')]);
    const script = [
      'use strict; chdir $ARGV[0]; mkdir "wide"; mkdir "wide/$_" for 1 .. 3_000;',
      'for (1 .. 2_200) { mkdir "d"; chdir "d" or last }',
    ];
    expect(spawnSync('perl', ['-e', script.join(' '), workspace]).status).toBe(0);
    expect(filesChanged(project, 0)).toEqual([]);
    // Too deep for removal by full paths.
    spawnSync('rm', ['-rf', workspace]);
  });
});
