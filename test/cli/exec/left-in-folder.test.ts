// What an agent of an earlier run, or of this one, left in the folder: links and pipes that would make the operator read or write elsewhere.
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { instructionsIn } from '../../../src/cli/exec/instructions.ts';
import { lastMessageInto } from '../../../src/cli/exec/last-message.ts';
import { oneAtATime } from '../../../src/cli/exec/one-at-a-time.ts';

let root: string;
let folder: string;
let secret: string;
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'governed-left-')));
  folder = join(root, 'work');
  secret = join(root, 'secret');
  mkdirSync(folder);
  mkdirSync(join(root, 'home'));
  writeFileSync(secret, 'of the operator');
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(root, { recursive: true, force: true });
});

const pipe = (path: string): void => {
  spawnSync('mkfifo', [path]);
};

describe('the file for the last message', () => {
  const into = (name: string) => lastMessageInto(join(folder, name), folder);

  it('is written, over what an earlier run wrote there', () => {
    writeFileSync(join(folder, 'a.md'), 'longer than the answer');
    into('a.md')('yes');
    expect(readFileSync(join(folder, 'a.md'), 'utf8')).toBe('yes');
    into('new.md')('no');
    expect(readFileSync(join(folder, 'new.md'), 'utf8')).toBe('no');
  });

  it.each<[string, () => void, string]>([
    ['a link to a file', () => symlinkSync(secret, join(folder, 'a.md')), 'a.md'],
    ['a link to nothing yet', () => symlinkSync(join(root, 'home', 'rc'), join(folder, 'a.md')), 'a.md'],
    ['a folder that is a link', () => symlinkSync(join(root, 'home'), join(folder, 'out')), 'out/rc'],
    ['a pipe', () => pipe(join(folder, 'a.md')), 'a.md'],
    ['a folder', () => mkdirSync(join(folder, 'a.md')), 'a.md'],
  ])('is none before anything is started where there is %s', (_what, leave, name) => {
    leave();
    expect(() => into(name)).toThrow(/nothing was started/);
    expect(readFileSync(secret, 'utf8')).toBe('of the operator');
  });

  it.each<[string, () => void]>([
    ['a link', () => symlinkSync(secret, join(folder, 'a.md'))],
    ['another file', () => writeFileSync(join(folder, 'a.md'), '')],
    ['nothing', () => undefined],
  ])('is not written, which is said, when the agent put %s in its place', (_what, put) => {
    const said = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    const write = into('a.md');
    rmSync(join(folder, 'a.md'));
    put();
    write('from the agent');
    expect(readFileSync(secret, 'utf8')).toBe('of the operator');
    expect(said.mock.calls.join('')).toContain(
      'could not be written: something else was put in the place of',
    );
  });

  it('is where it was opened when the agent makes its folder a link', () => {
    mkdirSync(join(folder, 'out'));
    vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    const write = into('out/rc');
    renameSync(join(folder, 'out'), join(folder, 'old'));
    symlinkSync(join(root, 'home'), join(folder, 'out'));
    write('from the agent');
    expect(existsSync(join(root, 'home', 'rc'))).toBe(false);
  });
});

describe('the instructions of the folder', () => {
  it('are read, also through a link to another file of the folder', () => {
    writeFileSync(join(folder, 'CLAUDE.md'), 'be kind');
    symlinkSync('CLAUDE.md', join(folder, 'AGENTS.md'));
    expect(instructionsIn(folder, 'codex')).toEqual({ name: 'AGENTS.md', text: 'be kind' });
  });

  it.each<[string, () => void]>([
    ['a link that leads out', () => symlinkSync(secret, join(folder, 'CLAUDE.md'))],
    [
      'a link over a link that leads out',
      () => {
        symlinkSync(root, join(folder, 'up'));
        symlinkSync('up/secret', join(folder, 'CLAUDE.md'));
      },
    ],
    ['a pipe', () => pipe(join(folder, 'CLAUDE.md'))],
    ['a folder', () => mkdirSync(join(folder, 'CLAUDE.md'))],
  ])('are not %s', (_what, leave) => {
    leave();
    expect(instructionsIn(folder, 'claude')).toBeNull();
  });
});

it('an exec takes its turn after one that was cut off by a full disk', async () => {
  const turn = join(root, 'exec.starting');
  for (const left of ['', '{"pid":']) {
    writeFileSync(turn, left);
    expect(await oneAtATime(turn, () => Promise.resolve('its turn'))).toBe('its turn');
    expect(existsSync(turn)).toBe(false);
  }
});
