// Calls to a provider through the proxy that the operator's environment names: a real proxy and a real TLS server behind it.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { proxyFor } from '../../src/runner/gateway/call/way-upstream.ts';
import { askModel, type GatewayFixture, openFixture, PLAIN_USAGE, until } from './gateway-fixture.ts';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

/** Connects whoever it lets through to `port`, whatever name they asked for. */
async function startProxy(
  port: number,
  isLetThrough = true,
): Promise<{ url: URL; asked: IncomingMessage[] }> {
  const asked: IncomingMessage[] = [];
  const server = createServer().on('connect', (request, socket) => {
    asked.push(request);
    socket.on('error', () => socket.destroy());
    if (!isLetThrough) return socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
    const behind = connect(port, '127.0.0.1');
    behind.on('error', () => socket.destroy());
    socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
    return socket.pipe(behind).pipe(socket);
  });
  return { url: new URL(`http://me:se%20cret@127.0.0.1:${await listening(server)}`), asked };
}

async function startTlsProvider(): Promise<number> {
  const dir = mkdtempSync(join(tmpdir(), 'way-test-'));
  closing.push(() => rmSync(dir, { recursive: true, force: true }));
  const [key, cert] = [join(dir, 'key.pem'), join(dir, 'cert.pem')];
  const asked = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  execFileSync('openssl', [...asked, '-subj', '/CN=model.test', '-keyout', key, '-out', cert], {
    stdio: 'ignore',
  });
  const message = JSON.stringify({ type: 'message', model: 'claude-x', content: [], usage: PLAIN_USAGE });
  const server = createTlsServer({ key: readFileSync(key), cert: readFileSync(cert) }, (_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(message);
  });
  return listening(server);
}

/** Trusts the certificate that was made a moment ago. */
function trustAny(): void {
  const before = process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
  process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
  closing.push(() => {
    if (before === undefined) delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
    else process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = before;
  });
}

async function fixtureBehind(proxy: URL): Promise<GatewayFixture> {
  const fixture = await openFixture({ providerUrl: 'https://model.test', proxy });
  closing.push(() => fixture.close());
  return fixture;
}

const closedOnce = async (fixture: GatewayFixture): Promise<unknown> => {
  await until(() => fixture.server.closed.length > 0, 'the call is closed');
  return fixture.server.closed[0];
};

describe('a call through a proxy', () => {
  it('reaches the provider inside a tunnel, and is settled as any other', async () => {
    trustAny();
    const proxy = await startProxy(await startTlsProvider());
    const fixture = await fixtureBehind(proxy.url);
    expect((await askModel(fixture)).status).toBe(200);
    expect(await closedOnce(fixture)).toMatchObject({ how: 'settled', settle: { outcome: 'complete' } });
    expect(proxy.asked[0]?.url).toBe('model.test:443');
    const login = `Basic ${Buffer.from('me:se cret').toString('base64')}`;
    expect(proxy.asked[0]?.headers['proxy-authorization']).toBe(login);
    expect(JSON.stringify(proxy.asked[0]?.rawHeaders)).not.toContain('sk-ant');
  });

  it('is not sent, and costs nothing, when the proxy refuses or the provider is not who it should be', async () => {
    const refusing = await fixtureBehind((await startProxy(1, false)).url);
    const refused = await askModel(refusing);
    expect([refused.status, refused.text]).toEqual([
      502,
      expect.stringContaining('refused the connection with 407'),
    ]);
    expect(await closedOnce(refusing)).toMatchObject({ how: 'void' });
    const untrusted = await fixtureBehind((await startProxy(await startTlsProvider())).url);
    expect((await askModel(untrusted)).status).toBe(502);
    expect(await closedOnce(untrusted)).toMatchObject({ how: 'void' });
  });
});

describe('the proxy of the environment', () => {
  const of = (base: string, env: Record<string, string>): string => String(proxyFor(base, env));

  it.each([
    ['https://api.anthropic.com', { HTTPS_PROXY: 'http://p:3128' }, 'http://p:3128/'],
    ['https://api.anthropic.com', { https_proxy: 'p:3128' }, 'http://p:3128/'],
    ['https://api.anthropic.com', {}, 'null'],
    ['https://api.anthropic.com', { HTTPS_PROXY: '' }, 'null'],
    ['http://127.0.0.1:11434', { HTTPS_PROXY: 'http://p:3128' }, 'null'],
    ['https://llm.corp.test', { HTTPS_PROXY: 'http://p:3128', NO_PROXY: 'localhost, .corp.test' }, 'null'],
    [
      'https://llm.corp.test',
      { HTTPS_PROXY: 'http://p:3128', NO_PROXY: 'llm.corp.test:8443' },
      'http://p:3128/',
    ],
    ['https://notcorp.test', { HTTPS_PROXY: 'http://p:3128', NO_PROXY: 'corp.test' }, 'http://p:3128/'],
    ['https://api.anthropic.com', { HTTPS_PROXY: 'http://p:3128', no_proxy: '*' }, 'null'],
    ['https://api.anthropic.com', { HTTPS_PROXY: 'socks5://p:1' }, 'unreadable'],
    ['https://api.anthropic.com', { HTTPS_PROXY: 'http://' }, 'unreadable'],
  ])('for %s with %j is %s', (base, env, expected) => {
    expect(of(base, env)).toBe(expected);
  });
});
