// What the environment lacks, no home, no place for the state, no folder to stand in, is told as that, with what to do; it is no bug of ours.
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newPlace, type Place } from './binary.ts';

const BINARY = resolve(import.meta.dirname, '../../dist/main.js');
/** A user that the system has no entry for; only root can be another. */
const UNKNOWN_USER = 54_321;
const isRoot = process.getuid?.() === 0;

let place: Place;
beforeAll(async () => {
  place = newPlace();
  await place.run(['init', place.dir]);
  writeFileSync(join(place.root, 'a-file'), '');
  mkdirSync(join(place.root, 'work'));
  mkdirSync(join(place.root, 'closed'), { mode: 0o555 });
  chmodSync(place.root, 0o755);
});
afterAll(() => place.remove());

interface Told {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** `governed-agents ARGS…` in a folder that is removed before it begins. */
function fromNowhere(...args: readonly string[]): Told {
  const script = 'mkdir gone && cd gone && rmdir ../gone && exec "$@"';
  return spawnSync('sh', ['-c', script, 'sh', process.execPath, BINARY, ...args], {
    cwd: place.root,
    env: { PATH: process.env['PATH'], HOME: place.root, GOVERNED_STATE_HOME: place.stateHome },
    encoding: 'utf8',
  });
}

function asUnknownUser(env: Readonly<Record<string, string>>, ...args: readonly string[]): Told {
  return spawnSync(process.execPath, [BINARY, ...args], {
    cwd: join(place.root, 'work'),
    env: { PATH: process.env['PATH'], ...env },
    encoding: 'utf8',
    uid: UNKNOWN_USER,
    gid: UNKNOWN_USER,
  });
}

describe('from a folder that was deleted', () => {
  it.each([
    [['status']],
    [['init']],
    [['budget']],
    [['doctor']],
    [['status', '-C', 'project']],
    [['exec', '--', 'true']],
  ])('%j says so', (args) => {
    const said = fromNowhere(...args);
    expect(said).toMatchObject({ status: 1, stdout: '' });
    expect(said.stderr).toContain('error: the folder that this was typed in is not there any more');
    expect(said.stderr).toContain('hint: go to one that is there, for example with `cd ~`');
    expect(said.stderr).not.toContain('bug');
  });

  it('says it as JSON by its code', () => {
    expect(JSON.parse(fromNowhere('status', '--json').stdout)).toMatchObject({
      error: { code: 'no_working_folder' },
    });
  });

  it.each([[['status']], [['pause', '--all']], [['kill', '--all']], [['resume', '--all']]])(
    '%j works on a project by its whole path',
    (args) => {
      expect(fromNowhere(...args, '-C', place.dir)).toMatchObject({ status: 0 });
    },
  );
});

describe('a home folder that is none', () => {
  it.each(['nowhere', 'a-file'])('keeps exec from nothing where the state has a place: %s', async (home) => {
    const env = { HOME: join(place.root, home) };
    const options = { env, cwd: join(place.root, 'work') };
    const said = await place.run(['exec', '--confine', 'off', '--', 'echo', 'hello'], options);
    await place.run(['down', '-C', join(place.stateHome, 'exec')], { env });
    expect(said).toMatchObject({ code: 0, out: 'hello\n' });
  });

  it.each([[['exec', '--', 'true']], [['init', 'new']]])(
    'is said by %j, and nothing is made',
    async (args) => {
      const env = { HOME: join(place.root, 'a-file'), GOVERNED_STATE_HOME: '' };
      const said = await place.run(args, { env, cwd: join(place.root, 'work') });
      expect(said).toMatchObject({ code: 1, out: '' });
      expect(said.err).toContain(
        `the state folder ${place.root}/a-file/.local/state/governed-agents can't be made`,
      );
      expect(said.err).toContain('hint: give this user access to it, or set GOVERNED_STATE_HOME');
      expect(existsSync(join(place.root, 'work', 'new'))).toBe(false);
    },
  );

  it('by a name that means another folder everywhere is refused, by exec too', async () => {
    const env = { HOME: 'home', GOVERNED_STATE_HOME: '' };
    for (const args of [['status'], ['exec', '--', 'true'], ['init', 'new']]) {
      const said = await place.run(args, { env });
      expect(said.code).toBe(2);
      expect(said.err).toContain('HOME is "home", which means another folder in every working folder');
    }
  });
});

describe.runIf(isRoot)('a user that the system has no entry for', () => {
  it.each([
    ['status', {}],
    ['init', {}],
    ['status', { HOME: '' }],
    ['exec', {}],
  ])('is told by %s what to set: %j', (command, env) => {
    const said = asUnknownUser(env, command, ...(command === 'exec' ? ['--', 'true'] : []));
    expect(said).toMatchObject({ status: 1, stdout: '' });
    expect(said.stderr).toContain('there is no home folder to keep the state in: HOME is not set');
    expect(said.stderr).toContain(
      'hint: set HOME to a folder that this user may write, or GOVERNED_STATE_HOME',
    );
  });

  it('can look at everything with doctor', () => {
    const said = asUnknownUser({}, 'doctor');
    expect(said).toMatchObject({ status: 0, stderr: '' });
    expect(said.stdout).toContain('! project        there is no home folder');
  });
});

it.runIf(isRoot)('a state folder that can’t be written is told by exec', () => {
  const said = asUnknownUser({ GOVERNED_STATE_HOME: join(place.root, 'closed') }, 'exec', '--', 'true');
  expect(said).toMatchObject({ status: 1, stdout: '' });
  expect(said.stderr).toContain(`the state folder ${place.root}/closed can't be written: EACCES`);
});

it.runIf(isRoot).each([[['up']], [['doctor']], [['audit', 'verify']], [['run', '--detach', 'noop']]])(
  'a state that was closed since is told by %j',
  (args) => {
    const said = asUnknownUser({ GOVERNED_STATE_HOME: place.stateHome }, ...args, '-C', place.dir);
    expect(said.status).toBe(1);
    expect(said.stdout + said.stderr).not.toContain('bug');
    expect(said.stdout + said.stderr).toMatch(/closed to you|can't be|can't write/);
  },
);
