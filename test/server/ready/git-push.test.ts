import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { GitPushSettings } from '../../../src/core/rules/program-rules.ts';
import type { ActionContext, ActionReport } from '../../../src/server/executors/ready/action.ts';
import { gitPush } from '../../../src/server/executors/ready/git-push.ts';

let root: string;
let dir: string;
let bare: string;
let first: string;
let second: string;

function git(cwd: string, ...args: string[]): string {
  const env = {
    PATH: process.env['PATH'],
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_AUTHOR_NAME: 'a',
    GIT_AUTHOR_EMAIL: 'a@example.org',
    GIT_COMMITTER_NAME: 'a',
    GIT_COMMITTER_EMAIL: 'a@example.org',
  };
  return execFileSync('git', args, { cwd, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();
}

function commit(text: string): string {
  writeFileSync(join(dir, 'file'), text);
  git(dir, 'add', 'file');
  git(dir, 'commit', '-q', '-m', text);
  return git(dir, 'rev-parse', 'HEAD');
}

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'governed-git-'));
  dir = join(root, 'project');
  bare = join(root, 'remote.git');
  mkdirSync(dir);
  git(root, 'init', '-q', '--bare', bare);
  git(dir, 'init', '-q');
  first = commit('one');
  second = commit('two');
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function push(
  payload: unknown,
  settings: Partial<GitPushSettings> = {},
  context: Partial<ActionContext> = {},
): Promise<ActionReport> {
  const all: GitPushSettings = {
    use: 'git-push',
    repository: '.',
    remotes: { origin: bare },
    branches: ['main', 'release/*'],
    force: false,
    token: null,
    ...settings,
  };
  const env = { PATH: process.env['PATH'] };
  return gitPush(payload, all, { idempotencyKey: 'k', projectDir: dir, timeoutMs: 20_000, env, ...context });
}

const tip = (branch = 'main'): string =>
  git(bare, 'for-each-ref', '--format=%(objectname)', `refs/heads/${branch}`);

describe('a push', () => {
  it('takes exactly the commit that was approved to exactly one branch', async () => {
    const report = await push({ branch: 'main', commit: first });
    expect(report).toMatchObject({
      outcome: 'executed',
      detail: { remote: bare, ref: 'refs/heads/main', commit: first, was: null },
    });
    expect(git(bare, 'for-each-ref', '--format=%(refname) %(objectname)')).toBe(`refs/heads/main ${first}`);
    expect(await push({ branch: 'main', commit: second })).toMatchObject({
      outcome: 'executed',
      detail: { was: first },
    });
    expect(await push({ branch: 'release/1', commit: second })).toMatchObject({ outcome: 'executed' });
    expect(tip()).toBe(second);
  });

  it('is not done again by a retry', async () => {
    await push({ branch: 'main', commit: first });
    expect(await push({ branch: 'main', commit: first })).toMatchObject({
      outcome: 'executed',
      detail: { already_there: true },
    });
  });

  it('goes forward only, unless the operator allows force and the payload says what it replaces', async () => {
    await push({ branch: 'main', commit: second });
    git(dir, 'checkout', '-q', '--detach', first);
    const other = commit('three');
    expect(await push({ branch: 'main', commit: other })).toMatchObject({
      outcome: 'failed',
      detail: { reason: expect.stringContaining('refused') as string },
    });
    expect(await push({ branch: 'main', commit: other, replaces: second })).toMatchObject({
      outcome: 'failed',
    });
    expect(await push({ branch: 'main', commit: other, replaces: first }, { force: true })).toMatchObject({
      outcome: 'failed',
    });
    expect(tip()).toBe(second);
    expect(await push({ branch: 'main', commit: other, replaces: second }, { force: true })).toMatchObject({
      outcome: 'executed',
    });
    expect(tip()).toBe(other);
  });

  it('is failed when the other side refuses it, with what it said', async () => {
    const hook = join(bare, 'hooks/pre-receive');
    writeFileSync(hook, '#!/bin/sh\necho not on Fridays >&2\nexit 1\n');
    chmodSync(hook, 0o755);
    const report = await push({ branch: 'main', commit: first });
    expect(report.outcome).toBe('failed');
    expect(JSON.stringify(report.detail)).toContain('not on Fridays');
  });

  it('is unknown when it is cut off on the other side, unless the branch is there afterwards', async () => {
    const hook = join(bare, 'hooks/pre-receive');
    writeFileSync(hook, '#!/bin/sh\nsleep 8\n');
    chmodSync(hook, 0o755);
    const report = await push({ branch: 'main', commit: first }, {}, { timeoutMs: 4_000 });
    expect(report).toMatchObject({ outcome: 'unknown', detail: { now: '' } });
  });

  it('works from a bare repository and from a linked work tree', async () => {
    git(root, 'clone', '-q', '--bare', dir, join(root, 'mine.git'));
    expect(
      (await push({ branch: 'main', commit: first }, { repository: join(root, 'mine.git') })).outcome,
    ).toBe('executed');
    git(dir, 'worktree', 'add', '-q', '--detach', join(root, 'tree'), second);
    expect((await push({ branch: 'main', commit: second }, { repository: join(root, 'tree') })).outcome).toBe(
      'executed',
    );
  });
});

describe('is refused, and nothing is sent,', () => {
  it.each<readonly [why: string, payload: () => object, says: string]>([
    ['for another branch', () => ({ branch: 'prod' }), 'not among the allowed branches'],
    ['for a branch that is an option', () => ({ branch: '--upload-pack=id' }), 'no name of a branch'],
    [
      'for a branch that is a range of refs',
      () => ({ branch: 'main:refs/heads/prod' }),
      'no name of a branch',
    ],
    ['for a forced branch', () => ({ branch: '+main' }), 'no name of a branch'],
    ['for a branch with a pattern', () => ({ branch: 'release/*' }), 'no name of a branch'],
    ['for a branch above', () => ({ branch: 'release/../prod' }), 'no name of a branch'],
    ['for another remote', () => ({ remote: 'evil' }), 'not among the allowed remotes'],
    [
      'for the address of a remote',
      () => ({ remote: 'https://evil.example/x' }),
      'not among the allowed remotes',
    ],
    ['for a program as remote', () => ({ remote: 'ext::sh -c id' }), 'not among the allowed remotes'],
    [
      'for a name of an object’s property',
      () => ({ remote: 'constructor' }),
      'not among the allowed remotes',
    ],
    ['for a short hash', () => ({ commit: first.slice(0, 10) }), 'whole hash'],
    ['for a name instead of a hash', () => ({ commit: 'HEAD' }), 'whole hash'],
    ['for a commit that is not there', () => ({ commit: '1'.repeat(40) }), 'no commit'],
    ['for a tree', () => ({ commit: git(dir, 'rev-parse', 'HEAD^{tree}') }), 'no commit'],
    ['for a field that there is not', () => ({ force: true }), 'the payload'],
  ])('%s', async (_why, over, says) => {
    const report = await push(
      { remote: 'origin', branch: 'main', commit: first, ...over() },
      { branches: ['main', 'release/*'] },
    );
    expect(report.outcome).toBe('failed');
    expect(report.detail['reason']).toContain(says);
    expect(git(bare, 'for-each-ref')).toBe('');
  });

  it('when the repository, the remote or its secret is not there', async () => {
    const payload = { branch: 'main', commit: first };
    expect((await push(payload, { repository: 'nowhere' })).outcome).toBe('failed');
    expect((await push(payload, { remotes: { origin: join(root, 'gone.git') } })).outcome).toBe('failed');
    expect(await push(payload, { token: { env: 'GIT_TOKEN', username: 'git' } })).toMatchObject({
      detail: { reason: expect.stringContaining('GIT_TOKEN is not set') as string },
    });
  });
});

it('runs nothing that the repository, which an agent may have written, says to run', async () => {
  const mark = join(root, 'ran');
  const program = join(root, 'evil.sh');
  writeFileSync(program, `#!/bin/sh\ntouch ${mark}\n`);
  chmodSync(program, 0o755);
  for (const hook of ['pre-push', 'post-index-change', 'reference-transaction']) {
    writeFileSync(join(dir, '.git/hooks', hook), `#!/bin/sh\ntouch ${mark}\n`);
    chmodSync(join(dir, '.git/hooks', hook), 0o755);
  }
  for (const key of [
    'core.sshCommand',
    'core.fsmonitor',
    'core.gitProxy',
    'credential.helper',
    'remote.origin.receivepack',
    'core.askPass',
    'gpg.program',
  ])
    git(dir, 'config', key, program);
  git(dir, 'config', 'core.hooksPath', join(dir, '.git/hooks'));
  git(dir, 'config', 'protocol.ext.allow', 'always');
  git(dir, 'config', `url.ext::${program}.insteadOf`, bare);
  git(dir, 'config', `remote.${bare}.receivepack`, program);
  expect(await push({ branch: 'main', commit: first })).toMatchObject({ outcome: 'executed' });
  expect(tip()).toBe(first);
  expect(existsSync(mark)).toBe(false);
});

describe('takes nothing from where the repository, which an agent may have written, leads', () => {
  let secret: string;
  let hidden: string;
  beforeEach(() => {
    secret = join(root, 'secret');
    mkdirSync(secret);
    git(secret, 'init', '-q');
    git(secret, 'commit', '-q', '--allow-empty', '-m', 'not for others');
    hidden = git(secret, 'rev-parse', 'HEAD');
  });

  const loose = (hash: string): string => join('.git/objects', hash.slice(0, 2), hash.slice(2));

  it.each<readonly [how: string, lead: () => void]>([
    [
      'a link in place of .git',
      () => {
        rmSync(join(dir, '.git'), { recursive: true });
        symlinkSync(join(secret, '.git'), join(dir, '.git'));
      },
    ],
    [
      'a link in place of its objects',
      () => {
        rmSync(join(dir, '.git/objects'), { recursive: true });
        symlinkSync(join(secret, '.git/objects'), join(dir, '.git/objects'));
      },
    ],
    [
      'a link in place of a folder of objects',
      () => {
        const folder = join('.git/objects', hidden.slice(0, 2));
        rmSync(join(dir, folder), { recursive: true, force: true });
        symlinkSync(join(secret, folder), join(dir, folder));
      },
    ],
    [
      'a link in place of one object',
      () => {
        mkdirSync(join(dir, '.git/objects', hidden.slice(0, 2)), { recursive: true });
        symlinkSync(join(secret, loose(hidden)), join(dir, loose(hidden)));
      },
    ],
    [
      'a link in place of a pack',
      () => {
        git(secret, 'repack', '-q', '-a', '-d');
        for (const name of readdirSync(join(secret, '.git/objects/pack')))
          symlinkSync(join(secret, '.git/objects/pack', name), join(dir, '.git/objects/pack', name));
      },
    ],
    [
      'objects that it borrows',
      () => writeFileSync(join(dir, '.git/objects/info/alternates'), `${join(secret, '.git/objects')}\n`),
    ],
    [
      'a pointer as linked work trees have it',
      () => {
        rmSync(join(dir, '.git'), { recursive: true });
        writeFileSync(join(dir, '.git'), `gitdir: ${join(secret, '.git')}\n`);
      },
    ],
    [
      'a pointer to a folder that points on',
      () => {
        const made = join(root, 'made/worktrees/x');
        rmSync(join(dir, '.git'), { recursive: true });
        mkdirSync(made, { recursive: true });
        writeFileSync(join(made, 'commondir'), `${join(secret, '.git')}\n`);
        writeFileSync(join(made, 'gitdir'), `${join(dir, '.git')}\n`);
        symlinkSync(join(secret, '.git/objects'), join(root, 'made/objects'));
        writeFileSync(join(dir, '.git'), `gitdir: ${made}\n`);
      },
    ],
    [
      'a pointer to the work tree of somebody else',
      () => {
        git(secret, 'worktree', 'add', '-q', '--detach', join(root, 'theirs'));
        rmSync(join(dir, '.git'), { recursive: true });
        writeFileSync(join(dir, '.git'), `gitdir: ${join(secret, '.git/worktrees/theirs')}\n`);
      },
    ],
  ])('by %s', async (_how, lead) => {
    lead();
    const report = await push({ branch: 'main', commit: hidden });
    expect(report.outcome).toBe('failed');
    expect(report.detail['reason']).toMatch(/leads elsewhere|borrows objects/);
    expect(git(bare, 'for-each-ref')).toBe('');
  });

  it('by a link in place of itself', async () => {
    mkdirSync(join(dir, 'work'));
    symlinkSync(secret, join(dir, 'work/site'));
    const report = await push({ branch: 'main', commit: hidden }, { repository: 'work/site' });
    expect(report).toMatchObject({ outcome: 'failed' });
    expect(report.detail['reason']).toContain('work/site is a symbolic link');
  });
});

it('works from packed objects, and leaves the repository and its objects as they were', async () => {
  git(dir, 'repack', '-q', '-a', '-d');
  const before = git(dir, 'count-objects', '-v');
  expect(await push({ branch: 'main', commit: second })).toMatchObject({ outcome: 'executed' });
  expect(tip()).toBe(second);
  expect(git(dir, 'count-objects', '-v')).toBe(before);
  git(dir, 'fsck', '--strict');
});

it.runIf(existsSync('/dev/shm') && statSync('/dev/shm').dev !== statSync(tmpdir()).dev)(
  'copies the objects of a repository on another disk, and follows no link there either',
  async () => {
    const elsewhere = mkdtempSync('/dev/shm/governed-git-');
    try {
      const repository = join(elsewhere, 'mine');
      git(root, 'clone', '-q', '--no-hardlinks', dir, repository);
      expect(await push({ branch: 'main', commit: second }, { repository })).toMatchObject({
        outcome: 'executed',
      });
      const blob = git(repository, 'rev-parse', `${second}:file`);
      const file = join(repository, '.git/objects', blob.slice(0, 2), blob.slice(2));
      rmSync(file);
      symlinkSync(join(dir, '.git/objects', blob.slice(0, 2), blob.slice(2)), file);
      const report = await push({ branch: 'release/1', commit: second }, { repository });
      expect(report).toMatchObject({ outcome: 'failed' });
      expect(report.detail['reason']).toContain('is a symbolic link');
    } finally {
      rmSync(elsewhere, { recursive: true, force: true });
    }
  },
);

/** With a secret, to a remote that answers so. */
async function pushOverHttp(answer: RequestListener): Promise<ActionReport> {
  const server = createServer(answer);
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  const report = await push(
    { branch: 'main', commit: first },
    {
      remotes: { origin: `http://127.0.0.1:${port}/repo.git` },
      token: { env: 'GIT_TOKEN', username: 'bot' },
    },
    { env: { PATH: process.env['PATH'], GIT_TOKEN: 'tok-secret' } },
  );
  server.close();
  return report;
}

it('follows no redirect of a remote, least of all with the secret', async () => {
  const paths: string[] = [];
  const report = await pushOverHttp((request, response) => {
    paths.push(request.url ?? '');
    response.writeHead(302, { location: request.url?.replace('/repo.git', '/other.git') }).end();
  });
  expect(report.outcome).toBe('failed');
  expect(paths.filter((path) => path.startsWith('/other.git'))).toEqual([]);
});

it('gives a secret to the remote alone, and never says it', async () => {
  const seen: (string | undefined)[] = [];
  const report = await pushOverHttp((request, response) => {
    seen.push(request.headers.authorization);
    response.writeHead(request.headers.authorization === undefined ? 401 : 403, {
      'www-authenticate': 'Basic realm="x"',
    });
    response.end('no, tok-secret');
  });
  expect(report.outcome).toBe('failed');
  expect(JSON.stringify(report)).not.toContain('tok-secret');
  expect(seen.at(-1)).toBe(`Basic ${Buffer.from('bot:tok-secret').toString('base64')}`);
});
