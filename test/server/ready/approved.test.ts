// What was approved, carried out by the ready executors and by modules, from the proposal to the outcome.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Answer } from '../ask.ts';
import { type ProjectFixture, startProject } from '../project-fixture.ts';
import { buildActions } from './built-actions.ts';

const MODULE = `import { greeting } from './lib/words.mjs';
console.log('a line that is no report');
setInterval(() => {}, 60_000);
export default async function (payload, context) {
  console.log('another');
  if (payload.fail) throw new Error('could not');
  if (payload.nothing) return undefined;
  return { outcome: 'executed', cost_usd: 0.5, detail: { said: greeting(payload.name), context } };
}
`;

let f: ProjectFixture;
let root: string;
let server: Server;
const seen: string[] = [];
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'governed-ready-'));
  server = createServer((request, response) => {
    seen.push(
      `${request.method} ${request.url} ${request.headers['idempotency-key']} ${request.headers.authorization}`,
    );
    response.end('ok');
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  process.env['GOVERNED_TEST_API_TOKEN'] = 'tok-secret';
  const actionsDir = await buildActions(join(root, 'actions'));
  f = await startProject({
    serve: { actionsDir },
    files: {
      'actions/greet.mjs': MODULE,
      'actions/lib/words.mjs': 'export const greeting = (name) => "hello " + name;\n',
      'actions/plain.mjs': 'export const x = 1;\n',
    },
    accept: false,
  });
  writeFileSync(
    join(f.dir, 'governed.toml'),
    `${readFileSync(join(f.dir, 'governed.toml'), 'utf8')}
[executors.call_api]
use = "http-request"
hosts = ["127.0.0.1:${port}"]
headers = { authorization = { env = "GOVERNED_TEST_API_TOKEN", prefix = "Bearer " } }
[executors.save_note]
use = "write-file"
folders = ["notes"]
[executors.deploy]
use = "git-push"
remotes = { origin = "${join(root, 'remote.git')}" }
branches = ["main"]
[executors.greet]
module = "actions/greet.mjs"
timeout = "20s"
[executors.greet.env]
set = { GREETING = "hi" }
[executors.plain]
module = "actions/plain.mjs"
[executors.with_env]
run = ["node", "actions/publish.mjs"]
[executors.with_env.env]
pass = ["HOME"]
`,
  );
  const changes = await f.asOperator('GET', '/admin/changes');
  const accepted = await f.asOperator('POST', '/admin/accept', { rules_hash: changes.body['edited'] });
  if (accepted.status !== 200) throw new Error(JSON.stringify(changes.body));
});
afterAll(async () => {
  await f.close();
  server.close();
  rmSync(root, { recursive: true, force: true });
});

async function carriedOut(actionType: string, payload: unknown): Promise<Answer> {
  const body = { action_type: actionType, payload, expected_outcome: 'x' };
  const made = await f.asOperator('POST', '/proposals', body);
  const id = String(made.body['proposal_id']);
  const decision = { decision: 'approve', payload_hash: made.body['payload_hash'] };
  expect((await f.asOperator('POST', `/proposals/${id}/decision`, decision)).status).toBe(200);
  return f.asOperator('GET', `/proposals/${id}?wait=30s`);
}

const flags = async (): Promise<unknown[]> =>
  (await f.asOperator('GET', '/audit?event_type=audit_flag_executor_error&limit=100')).body[
    'items'
  ] as unknown[];

it('sends an approved request with the secret of the operator, which is nowhere in the record', async () => {
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/notes`;
  const { body } = await carriedOut('call_api', { url, json: { a: 1 } });
  expect(body).toMatchObject({ status: 'executed', outcome: { detail: { status: 200, body: 'ok' } } });
  expect(seen).toEqual([`POST /notes ${String(body['proposal_id'])} Bearer tok-secret`]);
  expect(readFileSync(join(f.stateDir, 'audit.jsonl'), 'utf8')).not.toContain('tok-secret');
});

it('writes an approved file, and none elsewhere', async () => {
  const { body } = await carriedOut('save_note', { path: 'notes/a.md', content: '# A' });
  expect(body).toMatchObject({ status: 'executed' });
  expect(readFileSync(join(f.dir, 'notes/a.md'), 'utf8')).toBe('# A');
  expect((await carriedOut('save_note', { path: 'policy.toml', content: '' })).body).toMatchObject({
    status: 'failed',
  });
  expect(await flags()).toEqual([]);
});

it('pushes an approved commit', async () => {
  const git = (cwd: string, ...args: string[]): string =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.org', ...args], {
      cwd,
      encoding: 'utf8',
    }).trim();
  git(root, 'init', '-q', '--bare', 'remote.git');
  git(f.dir, 'init', '-q');
  git(f.dir, 'commit', '-q', '--allow-empty', '-m', 'one');
  const commit = git(f.dir, 'rev-parse', 'HEAD');
  expect((await carriedOut('deploy', { branch: 'main', commit })).body).toMatchObject({ status: 'executed' });
  expect(git(join(root, 'remote.git'), 'rev-parse', 'refs/heads/main')).toBe(commit);
});

it('calls the default export of a module, in a process of its own, and takes what it returns', async () => {
  const { body } = await carriedOut('greet', { name: 'you' });
  expect(body).toMatchObject({
    status: 'executed',
    outcome: {
      cost_usd: 0.5,
      detail: {
        said: 'hello you',
        context: {
          proposalId: body['proposal_id'],
          idempotencyKey: body['proposal_id'],
          actionType: 'greet',
          projectDir: f.dir,
          timeoutMs: 20_000,
        },
      },
    },
  });
});

it.each([
  ['throws', 'greet', { fail: true }, 'could not'],
  ['returns nothing', 'greet', { nothing: true }, 'no result'],
  ['exports no function', 'plain', {}, 'default export'],
])('does not know what a module did that %s, and says why', async (_what, action, payload, says) => {
  const before = (await flags()).length;
  const { body } = await carriedOut(action, payload);
  expect(body['status']).toBe('unknown');
  expect(JSON.stringify(body['outcome'])).toContain(says);
  expect(await flags()).toHaveLength(before + 1);
});

it('gives a program the variables that its table names, and no others', async () => {
  const { body } = await carriedOut('with_env', {});
  const { detail } = body['outcome'] as { detail: { env: string[] } };
  expect(detail.env).toContain('HOME');
  expect(detail.env).not.toContain('GOVERNED_TEST_API_TOKEN');
});
