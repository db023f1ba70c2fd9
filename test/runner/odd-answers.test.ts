// Answers that no provider should give, and requests that are too many at once: the run goes on, and each call is closed.
import { once } from 'node:events';
import { createServer, request as httpRequest, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { brotliCompressSync, constants, createGzip, deflateSync, gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readBody } from '../../src/runner/gateway/read-body.ts';
import { streamEvents } from '../fixtures/provider.ts';
import {
  askModel,
  CALL,
  type GatewayFixture,
  KEY,
  openFixture,
  PLAIN_USAGE,
  until,
} from './gateway-fixture.ts';

describe('an answer that is none', () => {
  let fixture: GatewayFixture;
  beforeEach(async () => {
    fixture = await openFixture();
  });
  afterEach(() => fixture.close());

  const answerWith = (bytes: string): void => {
    const send = (response: ServerResponse): void => {
      response.socket?.end(bytes);
    };
    fixture.reply = () => ({ kind: 'raw', usage: PLAIN_USAGE, send });
  };

  it.each([
    [
      'another protocol',
      'HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\nhello',
    ],
    ['a status below every status', 'HTTP/1.1 099 Odd\r\ncontent-length: 2\r\n\r\nhi'],
    ['a status above every status', 'HTTP/1.1 999 Odd\r\ncontent-length: 2\r\n\r\nhi'],
    ['no HTTP at all', 'hello there\r\n\r\n'],
  ])('(%s) is said to be none, the call is booked whole, and the next one goes out', async (_what, bytes) => {
    answerWith(bytes);
    expect((await askModel(fixture)).status).toBe(502);
    await until(() => fixture.server.closed.length > 0, 'the call is closed');
    expect(fixture.server.closed[0]).toMatchObject({ how: 'settled', settle: { usage: null } });
    fixture.reply = () => ({ kind: 'message', usage: PLAIN_USAGE });
    expect((await askModel(fixture)).status).toBe(200);
  });

  it('by another model than was asked for says which, in a document and in a stream', async () => {
    const message = { type: 'message', model: 'claude-other', content: [], usage: PLAIN_USAGE };
    const events = [
      { type: 'message_start', message: { ...message, usage: { ...PLAIN_USAGE, output_tokens: 1 } } },
      { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: PLAIN_USAGE },
    ];
    const send = (isStream: boolean, response: ServerResponse): void => {
      response.writeHead(200, { 'content-type': isStream ? 'text/event-stream' : 'application/json' });
      const lines = events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join('');
      response.end(isStream ? lines : JSON.stringify(message));
    };
    for (const isStream of [false, true]) {
      fixture.reply = () => ({ kind: 'raw', usage: PLAIN_USAGE, send: (to) => send(isStream, to) });
      await askModel(fixture, { ...CALL, stream: isStream });
    }
    await until(() => fixture.server.closed.length === 2, 'both are closed');
    const usages = fixture.server.closed.map(({ settle }) => settle?.usage);
    expect(usages.map((usage) => usage?.answered_by)).toEqual(['claude-other', 'claude-other']);
  });
});

describe('an answer that comes compressed although it was asked not to', () => {
  let fixture: GatewayFixture;
  beforeEach(async () => {
    fixture = await openFixture();
  });
  afterEach(() => fixture.close());

  const replyPacked = (packed: readonly Buffer[], encoding: string, type = 'application/json'): void => {
    const send = async (response: ServerResponse): Promise<void> => {
      response.writeHead(200, { 'content-type': type, 'content-encoding': encoding });
      for (const part of packed) {
        await new Promise((done) => response.write(part, done));
        await until(() => isSeen(part, packed), 'the client saw what was sent so far');
      }
      response.end();
    };
    fixture.reply = () => ({ kind: 'raw', usage: PLAIN_USAGE, send: (to) => void send(to) });
  };
  let seen = '';
  const isSeen = (part: Buffer, packed: readonly Buffer[]): boolean =>
    packed.length === 1 || part !== packed[0] || seen.includes('message_start');
  const message = { type: 'message', model: CALL.model, content: [{ text: KEY }], usage: PLAIN_USAGE };
  const document = Buffer.from(JSON.stringify(message));

  it.each([
    ['gzip', gzipSync(document)],
    ['br', brotliCompressSync(document)],
    ['deflate', deflateSync(document)],
  ])('(%s) is unpacked, read, and the key taken out of it', async (encoding, packed) => {
    replyPacked([packed], encoding);
    const reply = await askModel(fixture);
    expect(reply.headers['content-encoding']).toBeUndefined();
    expect(JSON.parse(reply.text)).toEqual({ ...message, content: [{ text: '*'.repeat(KEY.length) }] });
    await until(() => fixture.server.closed.length > 0, 'the call is closed');
    expect(fixture.server.closed[0]).toMatchObject({ settle: { outcome: 'complete', usage: PLAIN_USAGE } });
  });

  it('as a stream goes on event by event', async () => {
    const packer = createGzip();
    const parts: Buffer[] = [];
    packer.on('data', (chunk: Buffer) => parts.push(chunk));
    const events = streamEvents(CALL.model, PLAIN_USAGE);
    packer.write(events[0]);
    await new Promise<void>((done) => packer.flush(constants.Z_SYNC_FLUSH, done));
    const first = Buffer.concat(parts.splice(0));
    packer.end(events.slice(1).join(''));
    await once(packer, 'end');
    replyPacked([first, Buffer.concat(parts)], 'gzip', 'text/event-stream');
    seen = '';
    const reply = await askModel(
      fixture,
      { ...CALL, stream: true },
      {
        onData: (chunk) => {
          seen += chunk;
        },
      },
    );
    expect(reply.text).toBe(events.join(''));
    await until(() => fixture.server.closed.length > 0, 'the call is closed');
    expect(fixture.server.closed[0]).toMatchObject({ settle: { outcome: 'complete', usage: PLAIN_USAGE } });
  });

  it.each([
    ['that breaks off', gzipSync(document).subarray(0, -12)],
    ['that is none', Buffer.from('no gzip at all')],
  ])('%s is cut off for the client too, and booked whole', async (_what, packed) => {
    replyPacked([packed], 'gzip');
    const isCut = await askModel(fixture).then(
      (reply) => !reply.isWhole,
      () => true,
    );
    expect(isCut).toBe(true);
    await until(() => fixture.server.closed.length > 0, 'the call is closed');
    expect(fixture.server.closed[0]).toMatchObject({ settle: { usage: null } });
  });
});

describe('the bodies that are open at one time', () => {
  it('share a limit, which the ones that were answered leave', async () => {
    const responses: ServerResponse[] = [];
    const taken: string[] = [];
    const server = createServer((request, response) => {
      responses.push(response);
      void readBody(request, response, 1_000, 1_500).then(({ result }) => taken.push(result));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const send = async (): Promise<void> => {
      const before = taken.length;
      const sent = httpRequest({ host: '127.0.0.1', port, method: 'POST', agent: false });
      sent.on('error', () => undefined);
      sent.end('x'.repeat(800));
      await until(() => taken.length > before, 'the body was judged');
    };
    await send();
    await send();
    responses[0]?.end();
    responses[1]?.end();
    await until(() => responses.every((response) => response.closed), 'both are answered');
    await send();
    expect(taken).toEqual(['read', 'no_room', 'read']);
    server.closeAllConnections();
    server.close();
  });
});
