import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, expect, it } from 'vitest';
import { type ServeOptions, serve } from '../../src/server/serve.ts';
import { ask } from './ask.ts';
import { PROJECT_ID, type ProjectFixture, startProject, writeProject } from './project-fixture.ts';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function project(options: Parameters<typeof startProject>[0] = {}): Promise<ProjectFixture> {
  const f = await startProject(options);
  closing.push(() => f.close());
  return f;
}

function freshOptions(over: Partial<ServeOptions> = {}): ServeOptions {
  const root = mkdtempSync(join(tmpdir(), 'governed-start-'));
  closing.push(() => rmSync(root, { recursive: true, force: true }));
  writeProject(join(root, 'project'));
  return {
    projectDir: join(root, 'project'),
    projectId: PROJECT_ID,
    stateDir: join(root, 'state'),
    port: 0,
    watchdogCommand: null,
    dashboardDir: join(root, 'none'),
    actionsDir: join(root, 'none'),
    version: 'test',
    ...over,
  };
}

const fault = (options: ServeOptions): Promise<unknown> =>
  serve(options).then(
    (server) => server.close().then(() => 'it started'),
    (error: unknown) => error,
  );

function listenOn(server: Server, host: string, port = 0): Promise<number> {
  closing.push(() => server.close());
  return new Promise((resolve) => {
    server.listen(port, host, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
}

it('refuses a second server on the same state, and says which process has it', async () => {
  const f = await project();
  const options = { ...freshOptions(), stateDir: f.stateDir };
  expect(await fault(options)).toMatchObject({
    name: 'OperationError',
    code: 'already_serving',
    message: expect.stringContaining(`${process.pid} on port ${f.port}`),
  });
  expect((await f.ask({ path: '/health' })).status).toBe(200);
});

it('takes over the lock of a server that is dead, but not of one whose process lives', async () => {
  const options = freshOptions();
  mkdirSync(options.stateDir, { recursive: true, mode: 0o700 });
  const lock = join(options.stateDir, 'server.lock');
  for (const stale of [
    '{"pid":999999,"startTicks":1,"bootId":"x"}',
    `{"pid":${process.pid},"startTicks":1,"bootId":"x"}`,
    'half a fi',
    '',
  ]) {
    writeFileSync(lock, stale);
    expect(await fault(options), stale).toBe('it started');
    expect(existsSync(lock)).toBe(false);
  }
});

it('lets exactly one of several servers start that find the same stale lock', async () => {
  const options = freshOptions();
  mkdirSync(options.stateDir, { recursive: true, mode: 0o700 });
  writeFileSync(join(options.stateDir, 'server.lock'), '{"pid":999999,"startTicks":1,"bootId":"x"}');
  const started = await Promise.allSettled(Array.from({ length: 5 }, () => serve(options)));
  const running = started.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
  expect(running).toHaveLength(1);
  await running[0]?.close();
});

it('says whether the port is taken by another project or by another program', async () => {
  const f = await project();
  expect(await fault(freshOptions({ port: f.port }))).toMatchObject({
    code: 'port_in_use',
    message: expect.stringContaining('of another project'),
  });
  const port = await listenOn(
    createHttpServer((_, response) => response.end('hello')),
    '127.0.0.1',
  );
  expect(await fault(freshOptions({ port }))).toMatchObject({
    code: 'port_in_use',
    message: expect.stringContaining('by another program'),
  });
});

it('refuses to start while something else listens on [::1] with the same number', async () => {
  const port = await listenOn(createServer(), '::1');
  expect(await fault(freshOptions({ port }))).toMatchObject({
    code: 'other_listener',
    hint: expect.stringContaining('--port'),
  });
});

it('refuses a store of a newer version, a file that is no store, and the state of another project, and changes none of them', async () => {
  const options = freshOptions();
  expect(await fault(options)).toBe('it started');
  const path = join(options.stateDir, 'governed.db');
  expect(await fault({ ...options, projectId: PROJECT_ID.replace(/0$/, '1') })).toMatchObject({
    code: 'other_project',
  });
  const db = new Database(path);
  db.pragma('user_version = 99');
  db.close();
  expect(await fault(options)).toMatchObject({
    code: 'newer_schema',
    message: expect.stringContaining('99'),
  });
  for (const file of [path, `${path}-wal`, `${path}-shm`]) rmSync(file, { force: true });
  writeFileSync(path, 'this is not a database, but it is here'.repeat(100));
  expect(await fault(options)).toMatchObject({ name: 'OperationError' });
  expect(readFileSync(path, 'utf8')).toContain('this is not a database');
});

it('refuses keys that others can read, and keys that are none', async () => {
  const options = freshOptions();
  expect(await fault(options)).toBe('it started');
  const token = join(options.stateDir, 'keys', 'operator.token');
  chmodSync(token, 0o644);
  expect(await fault(options)).toMatchObject({
    code: 'key_unusable',
    hint: expect.stringContaining('chmod 600'),
  });
  chmodSync(token, 0o600);
  writeFileSync(token, 'hunter2');
  expect(await fault(options)).toMatchObject({ code: 'key_unusable' });
});

it('refuses a state folder that can not be one', async () => {
  const options = freshOptions();
  writeFileSync(options.stateDir, 'a file');
  expect(await fault(options)).toMatchObject({
    code: 'state_unusable',
    hint: expect.stringContaining('GOVERNED_STATE_HOME'),
  });
});

it('keeps the state for this user alone', async () => {
  const f = await project();
  for (const path of [
    '.',
    'keys',
    'runs',
    'heads',
    'keys/operator.token',
    'governed.db',
    'audit.jsonl',
    'server.json',
  ]) {
    expect(statSync(join(f.stateDir, path)).mode & 0o077, path).toBe(0);
  }
});

it('serves before the rules are accepted, so that they can be, and runs nothing', async () => {
  const f = await project({ accept: false });
  expect(f.server.rulesAccepted()).toBe(false);
  await expect(f.newRun()).rejects.toThrow(/rules_not_accepted/);
  const propose = {
    method: 'POST',
    path: '/proposals',
    body: { action_type: 'a', payload: {}, expected_outcome: 'x' },
  } as const;
  expect(await f.ask({ ...propose, secret: f.token('operator') })).toMatchObject({
    status: 409,
    body: { code: 'rules_not_accepted' },
  });
  for (const path of ['/status', '/scoreboard', '/agents', '/proposals'])
    expect((await f.asOperator('GET', path)).status, path).toBe(200);
  const changes = await f.asOperator('GET', '/admin/changes');
  expect(changes.body).toMatchObject({ in_force: null, problem: null });
  expect(await f.asOperator('POST', '/admin/accept', { rules_hash: changes.body['edited'] })).toMatchObject({
    status: 200,
  });
  await f.newRun();
});

it('listens on 127.0.0.1 and nowhere else', async () => {
  const f = await project();
  for (const host of ['::1', '127.0.0.2', '0.0.0.0']) {
    const other = createServer();
    // Only a free address can be listened on.
    if (host !== '0.0.0.0') expect(await listenOn(other, host, f.port)).toBe(f.port);
  }
});

it('says in the status when something starts to listen on [::1] with its number', async () => {
  const f = await project();
  await listenOn(createServer(), '::1', f.port);
  while (f.server.warnings().length === 0) await new Promise((resolve) => setTimeout(resolve, 100));
  const status = await ask(f.port, { path: '/status', secret: f.token('viewer') });
  expect(status.body['warnings']).toEqual([expect.stringContaining('[::1]')]);
});

it('says in the status that its store was removed under it, and what to do', async () => {
  const f = await project();
  const status = async (): Promise<unknown> =>
    (await ask(f.port, { path: '/status', secret: f.token('viewer') })).body['warnings'];
  expect(await status()).toEqual([]);
  renameSync(join(f.stateDir, 'governed.db'), join(f.stateDir, 'moved.db'));
  expect(await status()).toEqual([
    expect.stringMatching(/governed\.db was removed or replaced.*nothing is recorded.*kill --all.*backup/),
  ]);
  renameSync(join(f.stateDir, 'moved.db'), join(f.stateDir, 'governed.db'));
  expect(await status()).toEqual([]);
});

it('leaves nothing behind when it stops, and starts again', async () => {
  const f = await project();
  await f.stop();
  for (const file of ['server.lock', 'server.json', 'server.beat'])
    expect(existsSync(join(f.stateDir, file)), file).toBe(false);
  expect(JSON.parse(readFileSync(join(f.stateDir, 'heads', 'latest.json'), 'utf8'))).toMatchObject({
    v: 1,
    project_id: PROJECT_ID,
  });
  await f.restart();
  expect((await f.ask({ path: '/health' })).status).toBe(200);
});
