import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openStore } from '../../src/store/open.ts';
import { headerCases } from './header-cases.ts';
import { type ProjectFixture, startProject } from './project-fixture.ts';
import { sendRaw, statusOf } from './raw-socket.ts';

let f: ProjectFixture;
beforeAll(async () => {
  f = await startProject();
});
afterAll(() => f.close());

interface Unsafe {
  readonly path: string;
  readonly secret: string;
  readonly body: unknown;
}

/** Each would change something, were it let through. */
async function unsafeRequests(): Promise<Unsafe[]> {
  const run = await f.newRun();
  const operator = f.token('operator');
  const proposal = await f.ask({
    method: 'POST',
    path: '/proposals',
    secret: run.run_secret,
    body: { action_type: 'send_email', payload: { to: 'a' }, expected_outcome: 'x' },
  });
  const id = String(proposal.body['proposal_id']);
  const hash = proposal.body['payload_hash'];
  const reserve = { idempotency_key: 'k', provider: 'p', model: 'm', input_tokens: 1, output_tokens: 1 };
  return [
    {
      path: `/proposals/${id}/decision`,
      secret: operator,
      body: { decision: 'approve', payload_hash: hash },
    },
    { path: '/session/code', secret: operator, body: {} },
    { path: '/agents/noop/pause', secret: operator, body: {} },
    { path: `/runs/${run.run_id}/kill`, secret: operator, body: {} },
    { path: '/admin/pause-all', secret: f.token('brake'), body: {} },
    { path: '/admin/kill-switch', secret: operator, body: { on: true } },
    { path: '/budget/noop/raise', secret: operator, body: { tier: 'day', usd: 2_000_000 } },
    {
      path: '/proposals',
      secret: run.run_secret,
      body: { action_type: 'a', payload: {}, expected_outcome: 'x' },
    },
    { path: '/tool-calls', secret: run.run_secret, body: { tool: 'Read', input: {} } },
    { path: '/reservations', secret: run.run_secret, body: reserve },
    {
      path: '/budget/noop/charge',
      secret: run.run_secret,
      body: { usd: 1, tool: 't', idempotency_key: 'k' },
    },
    { path: `/runs/${run.run_id}/end`, secret: run.run_secret, body: { status: 'succeeded', reason: 'x' } },
  ];
}

function digest(): string {
  const store = openStore(join(f.stateDir, 'governed.db'), { mode: 'read', busyMs: 1_000 });
  const tables = store
    .statement("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
    .all() as { name: string }[];
  const hash = createHash('sha256');
  for (const { name } of tables)
    hash.update(JSON.stringify([name, store.statement(`SELECT * FROM ${name}`).all()]));
  store.close();
  return hash.digest('hex');
}

it('changes nothing for any of more than two hundred bad heads on any unsafe route', async () => {
  const requests = await unsafeRequests();
  const cases = headerCases(f.port);
  expect(cases.length).toBeGreaterThan(200);
  const before = digest();
  const let_through: string[] = [];
  for (const each of cases) {
    const answers = await Promise.all(
      requests.map(async ({ path, secret, body }) => {
        const text = JSON.stringify(body);
        const lines = [
          ...each.headers.map(([name, value]) => `${name}: ${value}`),
          `Authorization: Bearer ${secret}`,
        ];
        const head = `${each.method} ${each.target(path)} HTTP/${each.version}\r\n${lines.join('\r\n')}\r\nContent-Length: ${text.length}\r\n\r\n`;
        return [path, await sendRaw(f.port, head + text)] as const;
      }),
    );
    for (const [path, answer] of answers) {
      const status = statusOf(answer);
      if (status >= 200 && status < 300) let_through.push(`${each.name}: ${path} → ${status}`);
    }
  }
  expect(let_through).toEqual([]);
  expect(digest()).toBe(before);
});

it('lets the same requests through when their heads are right, so that the test above tests something', async () => {
  const requests = await unsafeRequests();
  const statuses: number[] = [];
  for (const { path, secret, body } of requests)
    statuses.push((await f.ask({ method: 'POST', path, secret, body })).status);
  expect(statuses[0]).toBe(200);
  expect(statuses.filter((status) => status >= 200 && status < 300).length).toBeGreaterThanOrEqual(7);
});

it('takes both of our names, an absolute target that agrees, and HTTP/1.0 with a Host', async () => {
  const get = (target: string, version: string, host: string): Promise<string> =>
    sendRaw(f.port, `GET ${target} HTTP/${version}\r\nHost: ${host}\r\n\r\n`);
  for (const host of [`localhost:${f.port}`, `127.0.0.1:${f.port}`]) {
    for (const version of ['1.1', '1.0']) {
      expect(statusOf(await get('/health', version, host)), `${host} ${version}`).toBe(200);
      expect(statusOf(await get(`http://${host}/health`, version, host)), `${host} ${version}`).toBe(200);
    }
  }
});

it('says nothing of CORS to any origin', async () => {
  for (const origin of ['http://evil.example', `http://localhost:${f.port}`]) {
    for (const method of ['OPTIONS', 'GET']) {
      const answer = await sendRaw(
        f.port,
        `${method} /health HTTP/1.1\r\nHost: localhost:${f.port}\r\nOrigin: ${origin}\r\nAccess-Control-Request-Method: POST\r\n\r\n`,
      );
      expect(answer.toLowerCase()).not.toContain('access-control');
    }
  }
});
