// Requests, and an answer, that are made to break the gateway of a run: each is refused or passed on, and the next call is made.
import { EventEmitter } from 'node:events';
import { createServer, get, type ServerResponse } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { gatheredWrites } from '../../src/runner/gateway/call/gathered-writes.ts';
import { GatheredBytes } from '../../src/runner/gateway/gathered-bytes.ts';
import { heldUntilAnswered } from '../../src/runner/gateway/held-bytes.ts';
import {
  ask,
  askModel,
  CALL,
  type GatewayFixture,
  openFixture,
  PLAIN_USAGE,
  until,
} from './gateway-fixture.ts';

let fixture: GatewayFixture;
beforeEach(async () => {
  fixture = await openFixture();
});
afterEach(() => fixture.close());

const LONG = 'lorem ipsum '.repeat(2_500);
const nested = (levels: number): unknown => JSON.parse('['.repeat(levels) + ']'.repeat(levels));

describe('a request that is too much to be read', () => {
  it.each([
    [
      'as deep as the stack, whichever of its readers runs out of it first',
      [600, 3_900, 4_050, 4_110, 4_200],
    ],
    ['far deeper', [100_000]],
  ])('(%s) is refused, and nothing is reserved', async (_what, depths) => {
    for (const depth of depths) {
      const schema = `${'['.repeat(depth)}${']'.repeat(depth)}`;
      const start = JSON.stringify({ ...CALL, messages: [{ role: 'user', content: LONG }] }).slice(0, -1);
      const body = `${start},"tools":[{"name":"a","input_schema":${schema}}]}`;
      const reply = await askModel(fixture, body);
      expect(reply.status).toBe(400);
      expect(reply.text).toContain('nested too deeply');
    }
    expect(fixture.server.reserved).toEqual([]);
    expect((await askModel(fixture)).status).toBe(200);
  });

  it('is none where it is as deep as a schema may be', async () => {
    const tools = [{ name: 'a', input_schema: nested(300) }];
    expect((await askModel(fixture, { ...CALL, tools })).status).toBe(200);
  });

  it('for the number of its values is refused before it takes many times its length', async () => {
    const metadata = Array.from({ length: 600_000 }, () => ({}));
    const reply = await askModel(fixture, { ...CALL, metadata });
    expect(reply.status).toBe(400);
    expect(reply.text).toContain('too many values');
    expect(fixture.server.reserved).toEqual([]);
  });
});

it('what comes a byte at a time takes no more memory than twice its length', () => {
  const gathered = new GatheredBytes();
  const text = 'the quick brown fox '.repeat(1_000);
  for (const at of text.split('').keys()) gathered.add(Buffer.from(text.slice(at, at + 1)));
  expect(gathered.bytes().toString()).toBe(text);
  expect(gathered.bytes().buffer.byteLength).toBeLessThanOrEqual(2 * text.length);
});

it('what is passed on a byte at a time is written in pieces once the client lags, and nothing of it is left or out of turn', async () => {
  const written: number[] = [];
  const held: boolean[] = [];
  let mostWaiting = 0;
  const server = createServer((_request, response) => {
    mostWaiting = response.writableHighWaterMark;
    const write = response.write.bind(response);
    response.write = (chunk: Buffer) => {
      written.push(chunk.length);
      return write(chunk);
    };
    const writes = gatheredWrites(response);
    for (let at = 0; at < 100_000; at += 1) writes.write(Buffer.from(String(at % 10)));
    setImmediate(() => {
      writes.write(Buffer.from('the '));
      writes.write(Buffer.from('end'));
      writes.flush();
      response.end();
      response.once('close', () => held.push(heldUntilAnswered(response).add(1)));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  let text = '';
  get({ host: '127.0.0.1', port, agent: false }, (answer) => answer.on('data', (chunk) => (text += chunk)));
  await until(() => held.length > 0 && text.endsWith('end'), 'it came whole');
  expect(text).toBe(`${'0123456789'.repeat(10_000)}the end`);
  // As many as fill what waits for a client that does not read, and then few and large ones.
  expect(written.length).toBeLessThan(mostWaiting / 4);
  expect(written.filter((length) => length >= 16_384)).not.toEqual([]);
  // Of an answer that is over nothing would ever be let go.
  expect(held).toEqual([false]);
  server.close();
});

it.each(['stream', 'document'])(
  'a line of a %s for which there is no room beside all the others passes on unread, and its call is booked whole',
  async (form) => {
    const words = 'x'.repeat(3_000_000);
    const usage = PLAIN_USAGE;
    fixture.reply = () =>
      form === 'stream' ? { kind: 'stream', usage, words: [words] } : { kind: 'message', usage, words };
    const others = new EventEmitter();
    heldUntilAnswered(others as ServerResponse).add(190 * 1024 * 1024);
    const call = { ...CALL, stream: form === 'stream' };
    expect((await askModel(fixture, call)).text).toContain(words);
    others.emit('close');
    expect((await askModel(fixture, call)).text).toContain(words);
    await until(() => fixture.server.closed.length === 2, 'both are settled');
    expect(fixture.server.closed.map(({ settle }) => settle?.usage?.output_tokens)).toEqual([
      undefined,
      PLAIN_USAGE.output_tokens,
    ]);
  },
);

it('a second call on a connection that still waits for its first ends both, and neither goes on without its client', async () => {
  let sent = 0;
  fixture.reply = () => {
    sent += 1;
    return { kind: 'message', usage: PLAIN_USAGE, afterMs: 60_000 };
  };
  const body = JSON.stringify(CALL);
  const one = `POST /anthropic/v1/messages HTTP/1.1\r\nhost: x\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
  const socket = connect(fixture.gateway.socketPath);
  socket.on('error', () => undefined);
  socket.write(one);
  await until(() => sent === 1, 'the first is with the provider');
  const ended = new Promise((resolve) => socket.once('close', resolve));
  socket.resume();
  socket.write(one + one);
  await ended;
  await until(() => fixture.provider.open() === 0, 'the provider is left');
  await until(() => fixture.server.closed.length === 1, 'it is booked');
  expect(fixture.server.reserved).toHaveLength(1);
});

it.each([
  ['?beta=true', '?beta=true'],
  ['?beta=true&model=dearer', ''],
  ['?/../../files', ''],
  ['?', ''],
])('of the query %s goes to the provider: "%s"', async (came, goes) => {
  const more = { method: 'POST', body: JSON.stringify(CALL) };
  expect((await ask(`${fixture.gateway.url}/anthropic/v1/messages${came}`, more)).status).toBe(200);
  expect(fixture.provider.calls.map(({ path }) => path)).toEqual([`/v1/messages${goes}`]);
});

it('an answer whose fields are of no kind that can be read as text is passed on, and booked whole', async () => {
  const event = { type: { toString: 1, valueOf: 1 }, response: { usage: null }, usage: 1 };
  const text = `data: ${JSON.stringify(event)}\n\n`;
  fixture.reply = () => ({
    kind: 'raw',
    usage: PLAIN_USAGE,
    send: (response) => response.writeHead(200, { 'content-type': 'text/event-stream' }).end(text),
  });
  const body = JSON.stringify({ model: 'gpt-5', input: 'hi', stream: true });
  const reply = await ask(`${fixture.gateway.url}/openai/v1/responses`, { method: 'POST', body });
  expect(reply.text).toBe(text);
  await until(() => fixture.server.closed.length === 1, 'it is booked');
  expect(fixture.server.closed[0]).toMatchObject({ how: 'settled', settle: { usage: null } });
});
