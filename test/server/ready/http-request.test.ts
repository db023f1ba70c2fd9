import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { HttpRequestSettings } from '../../../src/core/rules/program-rules.ts';
import type { ActionContext, ActionReport } from '../../../src/server/executors/ready/action.ts';
import { httpRequest } from '../../../src/server/executors/ready/http-request.ts';

interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

let server: Server;
let port: number;
let seen: Seen[];
let respond: (request: Seen, response: ServerResponse) => void;
beforeAll(async () => {
  server = createServer(async (request, response) => {
    const body = await text(request);
    const { method = '', url = '', headers } = request;
    seen.push({ method, url, headers, body });
    respond({ method, url, headers, body }, response);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  port = (server.address() as AddressInfo).port;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  seen = [];
  respond = (_, response) => response.end('{"ok":true}');
});

const CONTEXT: ActionContext = {
  idempotencyKey: 'prp_1',
  projectDir: '/nowhere',
  timeoutMs: 3_000,
  env: { API_TOKEN: 'tok-secret' },
};

function ask(
  payload: unknown,
  settings: Partial<HttpRequestSettings> = {},
  context: Partial<ActionContext> = {},
): Promise<ActionReport> {
  const all = {
    use: 'http-request',
    hosts: [`localhost:${port}`, `127.0.0.1:${port}`],
    methods: ['POST', 'GET'],
    headers: {},
  } as const;
  return httpRequest(payload, { ...all, ...settings }, { ...CONTEXT, ...context });
}

const here = (path = '/x'): string => `http://127.0.0.1:${port}${path}`;

describe('a request', () => {
  it('is sent once, as it was approved, with the key of the approval and what the operator adds', async () => {
    const headers = { authorization: { env: 'API_TOKEN', prefix: 'Bearer ' }, 'x-team': 'ops' };
    const report = await ask(
      { url: here('/notes?a=1#part'), json: { b: [1, 'ü'] }, headers: { 'X-Note': 'n' } },
      { headers },
    );
    expect(report).toMatchObject({ outcome: 'executed', detail: { status: 200, body: '{"ok":true}' } });
    expect(seen).toMatchObject([
      {
        method: 'POST',
        url: '/notes?a=1',
        body: '{"b":[1,"ü"]}',
        headers: {
          'content-type': 'application/json',
          'idempotency-key': 'prp_1',
          authorization: 'Bearer tok-secret',
          'x-team': 'ops',
          'x-note': 'n',
        },
      },
    ]);
  });

  it('says of a secret that comes back no more than that it did', async () => {
    respond = ({ headers }, response) => {
      response.setHeader('x-request-id', String(headers.authorization));
      response.end(`you are ${headers.authorization}`);
    };
    const headers = { authorization: { env: 'API_TOKEN', prefix: '' } };
    const report = await ask({ url: here() }, { headers });
    expect(report.detail).toMatchObject({
      body: 'you are [secret]',
      headers: { 'x-request-id': '[secret]' },
    });
    expect(JSON.stringify(report)).not.toContain('tok-secret');
  });

  it('keeps no more of a large answer than its beginning', async () => {
    respond = (_, response) => response.end('x'.repeat(3 * 1024 * 1024));
    const report = await ask({ url: here(), method: 'GET' });
    expect(report).toMatchObject({ outcome: 'executed', detail: { body_cut_at: 4_096 } });
    expect(String(report.detail['body'])).toHaveLength(4_096);
  });
});

describe('is refused, and nothing is sent,', () => {
  const NOWHERE = 'http://127.0.0.1:1/';
  it.each<readonly [why: string, payload: () => unknown, says: string]>([
    ['for another host', () => ({ url: 'https://evil.example/' }), 'not among the allowed hosts'],
    ['for another port of an allowed host', () => ({ url: NOWHERE }), 'not among the allowed hosts'],
    [
      'for a host that only begins so',
      () => ({ url: `http://127.0.0.1.evil.example:${port}/` }),
      'must begin with https',
    ],
    [
      'for a host behind a user name',
      () => ({ url: `http://127.0.0.1:${port}@evil.example/` }),
      'user name or password',
    ],
    [
      'for credentials in the address',
      () => ({ url: `http://me:pw@127.0.0.1:${port}/` }),
      'user name or password',
    ],
    [
      'for a host with a dot at its end',
      () => ({ url: 'https://api.example.com./' }),
      'not among the allowed hosts',
    ],
    [
      'for plain http to another machine',
      () => ({ url: 'http://api.example.com/' }),
      'must begin with https',
    ],
    ['for a path that climbs', () => ({ url: here('/public/../admin') }), 'not written as it would be sent'],
    ['for one that climbs in code', () => ({ url: here('/a/%2e%2e/b') }), 'not written as it would be sent'],
    [
      'for a backslash',
      () => ({ url: `http://127.0.0.1:${port}\\@evil.example/` }),
      'not written as it would',
    ],
    ['for a line end', () => ({ url: here('/pub\nlic') }), 'not written as it would be sent'],
    ['for a file', () => ({ url: 'file:///etc/passwd' }), 'must begin with https'],
    ['for no address', () => ({ url: 'not an address' }), 'no address'],
    [
      'for a method that is not allowed',
      () => ({ url: here(), method: 'DELETE' }),
      'not among the allowed ones',
    ],
    [
      'for a method of another spelling',
      () => ({ url: here(), method: 'get' }),
      'not among the allowed ones',
    ],
    ['for two bodies', () => ({ url: here(), json: 1, text: '1' }), 'one body'],
    ['for a field that there is not', () => ({ url: here(), body: 'x' }), 'the payload'],
    [
      'for another key than the approval',
      () => ({ url: here(), headers: { 'Idempotency-Key': 'x' } }),
      "not a payload's",
    ],
    ['for a host of the payload', () => ({ url: here(), headers: { Host: 'x' } }), "not a payload's"],
    [
      'for credentials of the payload',
      () => ({ url: here(), headers: { Authorization: 'x' } }),
      "not a payload's",
    ],
    [
      'for another method than it says',
      () => ({ url: here(), headers: { 'X-HTTP-Method-Override': 'DELETE' } }),
      "not a payload's",
    ],
    [
      'for another way than it says',
      () => ({ url: here(), headers: { 'X-Original-URL': '/admin' } }),
      "not a payload's",
    ],
    [
      'for another sender than it has',
      () => ({ url: here(), headers: { 'X-Forwarded-For': '10.0.0.1' } }),
      "not a payload's",
    ],
    ['for a header of the operator', () => ({ url: here(), headers: { 'X-Team': 'x' } }), "not a payload's"],
    ['for a header in a header', () => ({ url: here(), headers: { a: 'b\r\nhost: c' } }), "can't be sent"],
    ['for a payload that is no object', () => [here()], 'the payload'],
  ])('%s', async (_why, payload, says) => {
    const settings = { hosts: [`127.0.0.1:${port}`, 'api.example.com'], headers: { 'x-team': 'ops' } };
    const report = await ask(payload(), settings);
    expect(report.outcome).toBe('failed');
    expect(report.detail['reason']).toContain(says);
    expect(seen).toEqual([]);
  });

  it('when a secret of the operator is not set', async () => {
    const headers = { authorization: { env: 'OTHER_TOKEN', prefix: '' } };
    expect(await ask({ url: here() }, { headers })).toMatchObject({
      outcome: 'failed',
      detail: { reason: expect.stringContaining('OTHER_TOKEN is not set') as string },
    });
  });
});

it.each([
  ['*.example.com', 'https://a.b.example.com/', true],
  ['*.example.com', 'https://example.com/', false],
  ['*.example.com', 'https://badexample.com/', false],
  ['api.example.com', 'https://api.example.com:8443/', false],
  ['api.example.com:8443', 'https://api.example.com:8443/', true],
])('the host %s covers %s: %s', async (host, url, covered) => {
  // A secret that is missing is looked for after the host, and before anything is sent.
  const report = await ask({ url }, { hosts: [host], headers: { a: { env: 'MISSING', prefix: '' } } });
  expect(String(report.detail['reason']).includes('MISSING')).toBe(covered);
});

describe('what the other side answers', () => {
  it.each([
    ['POST', 201, 'executed'],
    ['POST', 404, 'failed'],
    ['POST', 429, 'failed'],
    ['POST', 408, 'unknown'],
    ['POST', 500, 'unknown'],
    ['POST', 503, 'unknown'],
    ['POST', 303, 'unknown'],
    ['POST', 307, 'failed'],
    ['GET', 500, 'failed'],
    ['GET', 200, 'executed'],
  ] as const)('to %s with %i is %s', async (method, status, outcome) => {
    respond = (_, response) => {
      response.writeHead(status, { location: here('/elsewhere') });
      response.end();
    };
    expect(await ask({ url: here(), method })).toMatchObject({ outcome, detail: { status } });
    expect(seen).toHaveLength(1);
  });

  it('is unknown when it never comes, and known not to have acted for what only reads', async () => {
    respond = () => undefined;
    expect(await ask({ url: here() }, {}, { timeoutMs: 400 })).toMatchObject({
      outcome: 'unknown',
      detail: { request_may_have_arrived: true },
    });
    expect((await ask({ url: here(), method: 'GET' }, {}, { timeoutMs: 400 })).outcome).toBe('failed');
  });

  it('is unknown when the connection breaks before it', async () => {
    respond = (_, response) => response.socket?.destroy();
    expect((await ask({ url: here() })).outcome).toBe('unknown');
  });

  it('stands when only its body breaks off', async () => {
    respond = (_, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('begun');
      setTimeout(() => response.socket?.destroy(), 50);
    };
    expect(await ask({ url: here() })).toMatchObject({ outcome: 'executed', detail: { body: 'begun' } });
  });

  it('is failed when nobody listens, when the name is not known, and when TLS is not spoken', async () => {
    const unused = createTcpServer();
    await new Promise<void>((listening) => unused.listen(0, '127.0.0.1', listening));
    const free = (unused.address() as AddressInfo).port;
    await new Promise((closed) => unused.close(closed));
    const hosts = [`127.0.0.1:${free}`, 'nothing.invalid', `127.0.0.1:${port}`];
    for (const url of [
      `http://127.0.0.1:${free}/`,
      'https://nothing.invalid/',
      `https://127.0.0.1:${port}/`,
    ]) {
      expect(await ask({ url }, { hosts })).toMatchObject({
        outcome: 'failed',
        detail: { request_may_have_arrived: false },
      });
    }
    expect(seen).toEqual([]);
  });
});
