import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { streamEvents } from '../fixtures/provider.ts';
import {
  askModel,
  CALL,
  closedOnce,
  type GatewayFixture,
  KEY,
  openFixture,
  PLAIN_USAGE,
  until,
} from './gateway-fixture.ts';

let fixture: GatewayFixture;
beforeEach(async () => {
  fixture = await openFixture();
});
afterEach(() => fixture.close());

describe('a metered call', () => {
  it('is reserved before it is sent, and settled at the provider’s own usage', async () => {
    let reservedWhenSent = 0;
    fixture.reply = () => {
      reservedWhenSent = fixture.server.reserved.length;
      return { kind: 'message', usage: PLAIN_USAGE };
    };
    const reply = await askModel(fixture);
    expect(reply.status).toBe(200);
    expect(JSON.parse(reply.text)).toMatchObject({ type: 'message', usage: PLAIN_USAGE });
    expect(reservedWhenSent).toBe(1);
    expect(fixture.server.reserved[0]).toMatchObject({
      provider: 'anthropic',
      model: 'claude-x',
      output_tokens: 100,
    });
    expect(fixture.server.reserved[0]?.input_tokens).toBeGreaterThan(JSON.stringify(CALL).length);
    expect(await closedOnce(fixture)).toMatchObject({
      how: 'settled',
      settle: { outcome: 'complete', usage: { input_tokens: 12, output_tokens: 34, cache_read_tokens: 0 } },
    });
  });

  it('carries the real key to the provider and nothing of the agent’s own', async () => {
    await askModel(fixture, CALL, {
      headers: {
        authorization: 'Bearer mine',
        cookie: 'a=b',
        'x-forwarded-for': '1.2.3.4',
        'anthropic-beta': 'b1',
      },
    });
    const headers = fixture.provider.calls[0]?.headers ?? {};
    expect(headers).toMatchObject({
      'x-api-key': KEY,
      'anthropic-version': '2023-06-01',
      'anthropic-beta': 'b1',
    });
    expect(headers['accept-encoding']).toBe('identity');
    for (const name of ['authorization', 'cookie', 'x-forwarded-for'])
      expect(headers).not.toHaveProperty(name);
  });

  it('of a million tokens of context passes: above its length it has a price of its own', async () => {
    const headers = { 'anthropic-beta': 'context-1m-2025-08-07' };
    expect((await askModel(fixture, CALL, { headers })).status).toBe(200);
    expect(fixture.provider.calls[0]?.headers['anthropic-beta']).toBe('context-1m-2025-08-07');
  });

  it('passes a stream through byte for byte and settles its usage, the cached tokens too', async () => {
    const usage = {
      input_tokens: 5,
      output_tokens: 77,
      cache_read_input_tokens: 1_000,
      cache_creation_input_tokens: 30,
      cache_creation: { ephemeral_5m_input_tokens: 10, ephemeral_1h_input_tokens: 20 },
    };
    const words = ['grüß', '"usage"', '😀', 'x'.repeat(70_000)];
    fixture.reply = () => ({ kind: 'stream', usage, words });
    const reply = await askModel(fixture, { ...CALL, stream: true });
    expect(reply.text).toBe(streamEvents('claude-x', usage, words).join(''));
    expect((await closedOnce(fixture))?.settle).toEqual({
      outcome: 'complete',
      usage: {
        input_tokens: 5,
        output_tokens: 77,
        cache_read_tokens: 1_000,
        cache_write_5m_tokens: 10,
        cache_write_1h_tokens: 20,
      },
    });
  });

  it('streams as it comes, not when it is over', async () => {
    fixture.reply = () => ({ kind: 'stream', usage: PLAIN_USAGE, words: ['a', 'b', 'c'], everyMs: 30 });
    const chunks: string[] = [];
    let billedAtFirst = '';
    await askModel(
      fixture,
      { ...CALL, stream: true },
      {
        onData: (chunk) => {
          billedAtFirst ||= String(fixture.provider.open());
          chunks.push(chunk.toString());
        },
      },
    );
    expect(chunks.length).toBeGreaterThan(3);
    expect(billedAtFirst).toBe('1');
  });

  it('sends what was judged: of a key given twice, the one that was read', async () => {
    const twice = '{"model":"claude-x","max_tokens":100000,"max_tokens":7,"messages":[]}';
    await askModel(fixture, twice);
    expect(fixture.server.reserved[0]?.output_tokens).toBe(7);
    expect(fixture.provider.calls[0]?.body).toMatchObject({ max_tokens: 7 });
  });

  it('keeps the provider’s error and books nothing for it', async () => {
    fixture.reply = () => ({ kind: 'error', status: 529, type: 'overloaded_error', message: 'busy' });
    const reply = await askModel(fixture);
    expect([reply.status, JSON.parse(reply.text).error.message]).toEqual([529, 'busy']);
    expect(await closedOnce(fixture)).toMatchObject({ how: 'void' });
  });

  it('books the whole reservation for an error that is not the provider’s own', async () => {
    fixture.reply = () => ({
      kind: 'raw',
      usage: PLAIN_USAGE,
      send: (response) =>
        response.writeHead(504, { 'content-type': 'text/html' }).end('<h1>gateway timeout</h1>'),
    });
    expect((await askModel(fixture)).status).toBe(504);
    expect(await closedOnce(fixture)).toMatchObject({ how: 'settled', settle: { usage: null } });
  });

  it('books the whole reservation when the stream is cut, and the client sees that it was', async () => {
    fixture.reply = () => ({ kind: 'stream', usage: PLAIN_USAGE, words: ['a', 'b'], cutAfter: 4 });
    expect((await askModel(fixture, { ...CALL, stream: true })).isWhole).toBe(false);
    expect(await closedOnce(fixture)).toMatchObject({
      how: 'settled',
      settle: { usage: null, outcome: 'cut' },
    });
  });

  it('ends the call at the provider when the agent leaves, and books it whole', async () => {
    fixture.reply = () => ({
      kind: 'stream',
      usage: PLAIN_USAGE,
      words: Array(10_000).fill('a'),
      everyMs: 5,
    });
    const leave = new AbortController();
    await askModel(fixture, { ...CALL, stream: true }, { signal: leave.signal, onData: () => leave.abort() });
    expect(await closedOnce(fixture)).toMatchObject({ how: 'settled', settle: { usage: null } });
    await until(() => fixture.provider.open() === 0, 'the provider is left');
  });

  it('voids what could not be sent', async () => {
    const unused = createServer();
    await new Promise<void>((resolve) => unused.listen(0, '127.0.0.1', resolve));
    const { port } = unused.address() as AddressInfo;
    await new Promise((resolve) => unused.close(resolve));
    const other = await openFixture({ providerUrl: `http://127.0.0.1:${port}` });
    const reply = await askModel(other);
    expect([reply.status, reply.headers['x-should-retry']]).toEqual([502, 'true']);
    await until(() => other.server.closed.length === 1, 'it is closed');
    expect(other.server.closed[0]?.how).toBe('void');
    await other.close();
  });

  it('is not slowed to death by a slow reader, and holds no more than a bound', async () => {
    fixture.reply = () => ({
      kind: 'stream',
      usage: PLAIN_USAGE,
      words: Array(64).fill('x'.repeat(1_000_000)),
    });
    const reply = await askModel(fixture, { ...CALL, stream: true });
    expect(reply.text.length).toBeGreaterThan(64_000_000);
    expect(await closedOnce(fixture)).toMatchObject({ settle: { outcome: 'complete' } });
  });
});
