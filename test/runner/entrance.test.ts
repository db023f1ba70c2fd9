import { statSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { deniedTeller } from '../../src/runner/denied-teller.ts';
import { RUN_SECRET } from './fake-server.ts';
import { ask, type GatewayFixture, openFixture, until } from './gateway-fixture.ts';

let fixture: GatewayFixture;
beforeEach(async () => {
  fixture = await openFixture();
});
afterEach(() => fixture.close());

const portOf = (): number => Number(new URL(fixture.gateway.url).port);
const secretOf = (): string => new URL(fixture.gateway.url).pathname.slice(1);

/** What the listener answers to these very bytes. */
function raw(bytes: string): Promise<string> {
  const socket = connect(portOf(), '127.0.0.1');
  socket.write(bytes);
  setTimeout(() => socket.end(), 100);
  return text(socket);
}

describe('the loopback port of a run', () => {
  it('lets in who names its secret, and tells nothing to anyone else', async () => {
    const origin = `http://127.0.0.1:${portOf()}`;
    const wrong = [
      '/',
      '/proposals',
      `/${secretOf().slice(0, -1)}/proposals`,
      `/${secretOf()}x/proposals`,
      `//${secretOf()}/proposals`,
      `/x/${secretOf()}/proposals`,
      `/?${secretOf()}`,
      `/${secretOf().toUpperCase()}/proposals`,
    ];
    for (const path of wrong) {
      const reply = await ask(`${origin}${path}`);
      expect([path, reply.status, JSON.parse(reply.text).detail]).toEqual([path, 404, 'nothing is here']);
    }
    expect(fixture.server.seen).toHaveLength(0);
    expect((await ask(`${fixture.gateway.url}/proposals`)).status).toBe(200);
    expect((await ask(fixture.gateway.url)).status).toBe(200);
  });

  it('answers only to its own host, named once, in the origin form', async () => {
    const path = `/${secretOf()}/status/me`;
    const own = `127.0.0.1:${portOf()}`;
    const cases: readonly [string, number][] = [
      [`GET ${path} HTTP/1.1\r\nHost: ${own}\r\n\r\n`, 200],
      [`GET ${path} HTTP/1.1\r\nHost: localhost:${portOf()}\r\n\r\n`, 200],
      [`GET ${path} HTTP/1.1\r\nHost: evil.example\r\n\r\n`, 404],
      [`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`, 404],
      [`GET ${path} HTTP/1.1\r\nHost: ${own}\r\nHost: ${own}\r\n\r\n`, 404],
      [`GET ${path} HTTP/1.1\r\nHost: ${own}\r\nhost: evil.example\r\n\r\n`, 404],
      [`GET http://${own}${path} HTTP/1.1\r\nHost: ${own}\r\n\r\n`, 404],
      [`GET ${path} HTTP/1.0\r\n\r\n`, 404],
    ];
    for (const [bytes, status] of cases) {
      expect([bytes, Number((await raw(bytes)).split(' ')[1])]).toEqual([bytes, status]);
    }
  });

  it('is no proxy and speaks no other protocol', async () => {
    const connected = await raw('CONNECT example.com:443 HTTP/1.1\r\nHost: example.com:443\r\n\r\n');
    expect(connected).toContain('501');
    expect(connected).toContain('not_available_yet');
    const upgraded = await raw(
      `GET /${secretOf()}/ HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`,
    );
    expect(upgraded).toContain('501');
  });

  it.each(['/http/example.com/x', '/http/example.com/', '/mcp', '/mcp?x=1'])(
    'says that %s is not available yet',
    async (path) => {
      const reply = await ask(`${fixture.gateway.url}${path}`, { method: 'POST', body: '{}' });
      expect([reply.status, JSON.parse(reply.text).code]).toEqual([501, 'not_available_yet']);
      expect(fixture.server.seen).toHaveLength(0);
    },
  );

  it('says in the provider’s shape that other routes of the provider are not available yet', async () => {
    const reply = await ask(`${fixture.gateway.url}/anthropic/v1/messages/batches`, { method: 'POST' });
    expect([reply.status, JSON.parse(reply.text).type, reply.headers['x-should-retry']]).toEqual([
      501,
      'error',
      'false',
    ]);
  });
});

describe('the Unix socket of a run', () => {
  it('is for this user alone and needs no secret', async () => {
    const { socketPath } = fixture.gateway;
    expect(statSync(socketPath).mode & 0o777).toBe(0o600);
    const reply = await ask('http://localhost/status/me', { socketPath });
    expect(JSON.parse(reply.text)).toEqual({ echoed: '/status/me' });
  });

  it('is gone when the gateway is closed', async () => {
    await fixture.gateway.close();
    expect(() => statSync(fixture.gateway.socketPath)).toThrow();
  });
});

describe('what is passed on to the server', () => {
  it('speaks as this run’s agent, whatever the agent claims', async () => {
    await ask(`${fixture.gateway.url}/proposals?x=1`, {
      method: 'POST',
      body: '{"a":1}',
      headers: {
        'content-type': 'application/json',
        authorization: 'Bearer gop_stolen',
        cookie: 'session=1',
        'x-governed-as': 'operator',
        'x-governed-session': 's',
        origin: 'http://evil.example',
        connection: 'keep-alive, x-governed-as',
        'proxy-authorization': 'x',
        'idempotency-key': 'k1',
      },
    });
    const [seen] = fixture.server.seen;
    expect(seen).toMatchObject({ method: 'POST', path: '/proposals?x=1', body: '{"a":1}' });
    expect(seen?.headers).toMatchObject({
      authorization: `Bearer ${RUN_SECRET}`,
      'x-governed-as': 'agent',
      'content-type': 'application/json',
      'idempotency-key': 'k1',
      host: `127.0.0.1:${fixture.server.port}`,
    });
    for (const name of ['cookie', 'x-governed-session', 'origin', 'proxy-authorization']) {
      expect(seen?.headers).not.toHaveProperty(name);
    }
  });

  it('includes what an agent may not ask, so that the server refuses and flags it', async () => {
    const path = '/proposals/prp_x/decision';
    fixture.server.intercept = (_, response) => {
      response.writeHead(403, { 'content-type': 'application/problem+json', 'set-cookie': 'a=b' });
      response.end('{"code":"forbidden"}');
      return true;
    };
    const reply = await ask(`${fixture.gateway.url}${path}`, { method: 'POST', body: '{}' });
    expect([reply.status, reply.text]).toEqual([403, '{"code":"forbidden"}']);
    expect(reply.headers).not.toHaveProperty('set-cookie');
    expect(fixture.server.seen.map((seen) => seen.path)).toEqual([path]);
  });

  it('is at most 1 MiB', async () => {
    const reply = await ask(`${fixture.gateway.url}/proposals`, {
      method: 'POST',
      body: Buffer.alloc(2 * 1024 * 1024),
    });
    expect([reply.status, JSON.parse(reply.text).code]).toEqual([413, 'body_too_large']);
    expect(fixture.server.seen).toHaveLength(0);
  });

  it('tells whoever watches that a proposal waits', async () => {
    fixture.server.intercept = (seen, response) => {
      response.writeHead(201, { 'content-type': 'application/json' });
      const isHeld = !seen.body.includes('fine');
      response.end(JSON.stringify({ proposal_id: 'prp_1', status: isHeld ? 'pending' : 'auto-approved' }));
      return true;
    };
    for (const body of ['{"held":1}', '{"fine":1}']) {
      await ask(`${fixture.gateway.url}/proposals`, { method: 'POST', body });
    }
    expect(fixture.held).toEqual([{ proposalId: 'prp_1' }]);
  });

  it('tells whoever watches what was denied, by which rule and why, and of the same only once', async () => {
    const denial = { rule: 'office-hours', reasons: ['office-hours: closed', 5, 'and \u202elate'] };
    fixture.server.intercept = ({ path, body }, response) => {
      const isCall = path === '/tool-calls';
      response.writeHead(body.includes('refused') ? 400 : 201, { 'content-type': 'application/json' });
      const said = isCall
        ? { tool_call_id: 'call_1', verdict: 'deny' }
        : { proposal_id: 'prp_1', status: 'denied' };
      response.end(body.includes('odd') ? '[null' : JSON.stringify({ ...said, ...denial }));
      return true;
    };
    const post = (path: string, body: string) =>
      ask(`${fixture.gateway.url}${path}`, { method: 'POST', body });
    await post('/proposals', '{}');
    await post('/tool-calls', '{}');
    await post('/proposals', '{"odd":1}');
    await post('/proposals', '{"refused":1}');
    const reasons = ['office-hours: closed', 'and \u202elate'];
    expect(fixture.denied).toEqual([
      { proposalId: 'prp_1', rule: 'office-hours', reasons },
      { proposalId: null, rule: 'office-hours', reasons },
    ]);
    const told: string[] = [];
    const tell = deniedTeller((message) => told.push(message));
    for (const denied of fixture.denied) tell(denied);
    tell({ proposalId: null, rule: 'calls-a-minute', reasons: ['too many'] });
    expect(told).toEqual([
      'prp_1 is denied by office-hours: closed; and ⟨U+202E⟩late',
      'a tool call is denied by calls-a-minute: too many',
    ]);
  });

  it('holds the run only while a decision is waited for, and lets go when the agent leaves', async () => {
    const { activity, server } = fixture;
    server.intercept = (seen) => seen.path.includes('wait=');
    const leave = new AbortController();
    const waiting = ask(`${fixture.gateway.url}/proposals/prp_1?wait=30s`, { signal: leave.signal });
    await until(() => activity.isHeld(), 'the run is held');
    const callEnded = activity.modelCallStarted();
    expect(activity.isHeld()).toBe(false);
    callEnded();
    expect(activity.isHeld()).toBe(true);
    leave.abort();
    await expect(waiting).rejects.toThrow();
    await until(() => !activity.isHeld(), 'the run is no longer held');
  });

  it('is answered 503 without the server, and goes on when it is back', async () => {
    fixture.server.intercept = (_, response) => {
      response.destroy();
      return true;
    };
    const reply = await ask(`${fixture.gateway.url}/proposals`);
    expect([reply.status, JSON.parse(reply.text).code]).toEqual([503, 'server_unreachable']);
    fixture.server.intercept = () => false;
    expect((await ask(`${fixture.gateway.url}/proposals`)).status).toBe(200);
  });

  it('waits while the run is paused, and a bounded number only', async () => {
    fixture.gate.pause();
    const statuses: number[] = [];
    const all = Array.from({ length: 300 }, async () => {
      const { status } = await ask(`${fixture.gateway.url}/proposals`);
      statuses.push(status);
    });
    await until(() => statuses.length === 44, 'those that are too many are refused');
    expect(new Set(statuses)).toEqual(new Set([503]));
    expect(fixture.server.seen).toHaveLength(0);
    fixture.gate.resume();
    await Promise.all(all);
    expect(statuses.filter((status) => status === 200)).toHaveLength(256);
  });
});

describe('either entrance of a run', () => {
  it('holds no more than some hundred connections, and answers when there is room again', async () => {
    const open = new Set<Socket>();
    const all = Array.from({ length: 700 }, () => {
      const socket = connect(fixture.gateway.socketPath);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => open.delete(socket));
      open.add(socket);
      return new Promise((resolve) => socket.once('connect', resolve).once('close', resolve));
    });
    await Promise.all(all);
    await until(() => open.size <= 512, 'the rest is closed');
    expect(open.size).toBeGreaterThan(400);
    for (const socket of open) socket.destroy();
    await until(() => open.size === 0, 'all are gone');
    const reply = await ask('http://run/proposals', { socketPath: fixture.gateway.socketPath });
    expect(reply.status).toBe(200);
  });
});
