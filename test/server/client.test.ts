import { createServer } from 'node:http';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createClient } from '../../src/server/client.ts';
import type { WireStatus } from '../../src/server/wire/record.ts';
import { type ProjectFixture, startProject } from './project-fixture.ts';

let f: ProjectFixture;
beforeAll(async () => {
  f = await startProject();
});
afterAll(() => f.close());

it('gives an answer, a refusal and a reservation that was refused as values', async () => {
  const viewer = createClient({ port: f.port, secret: f.token('viewer') });
  const status = await viewer.request<WireStatus>('GET', '/status');
  expect(status).toMatchObject({ result: 'ok', status: 200, body: { server: { port: f.port } } });
  expect(await viewer.request('POST', '/admin/pause-all', {})).toMatchObject({
    result: 'problem',
    status: 403,
    problem: { code: 'forbidden' },
  });
  viewer.close();
  const run = createClient({ port: f.port, secret: (await f.newRun()).run_secret });
  const call = { kind: 'llm', provider: 'p', model: 'm', input_tokens: 10, output_tokens: 1 } as const;
  expect(await run.reserve({ ...call, idempotency_key: 'a' })).toMatchObject({
    result: 'ok',
    body: { result: 'reserved' },
  });
  const unpriced = await run.reserve({ ...call, model: 'free', idempotency_key: 'b' });
  expect(unpriced).toMatchObject({
    result: 'ok',
    body: { result: 'refused', code: 'unpriced', remaining_micro_usd: null },
  });
  run.close();
});

it('speaks as the agent when it is told to, and may then do less', async () => {
  const agent = createClient({ port: f.port, secret: (await f.newRun()).run_secret, asAgent: true });
  expect(await agent.request('GET', '/status/me')).toMatchObject({
    result: 'ok',
    body: { agent_id: 'noop' },
  });
  expect(await agent.request('POST', '/reservations', {})).toMatchObject({ result: 'problem', status: 403 });
  agent.close();
});

it('follows a stream from where it is told to, and ends with it', async () => {
  const client = createClient({ port: f.port, secret: f.token('viewer') });
  const abort = new AbortController();
  const opened = await client.stream('/events', { lastEventId: '0', signal: abort.signal });
  if (opened.result !== 'ok') throw new Error('no stream');
  const seen: number[] = [];
  for await (const message of opened.body) {
    seen.push(Number(message.id));
    if (seen.length === 2) abort.abort();
  }
  expect(seen.slice(0, 2)).toEqual([1, 2]);
  expect(await client.stream('/runs/run_0/control', { signal: new AbortController().signal })).toMatchObject({
    result: 'problem',
    status: 403,
  });
  client.close();
});

it('says that nobody is there, and that a request may have arrived', async () => {
  const gone = createClient({ port: 1, secret: 'x' });
  expect(await gone.request('GET', '/status')).toMatchObject({ result: 'unreachable', sent: false });
  gone.close();
  const rude = createServer((request) => request.socket.destroy());
  await new Promise<void>((resolve) => {
    rude.listen(0, '127.0.0.1', resolve);
  });
  const address = rude.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const cut = createClient({ port, secret: 'x' });
  expect(await cut.request('POST', '/reservations', {})).toMatchObject({ result: 'unreachable', sent: true });
  cut.close();
  rude.close();
});

it('says that something else answers on the port', async () => {
  const other = createServer((_, response) => response.end('<html>hello</html>'));
  await new Promise<void>((resolve) => {
    other.listen(0, '127.0.0.1', resolve);
  });
  const address = other.address();
  const client = createClient({
    port: typeof address === 'object' && address !== null ? address.port : 0,
    secret: 'x',
  });
  expect(await client.request('GET', '/status')).toMatchObject({
    result: 'problem',
    problem: { code: 'strange_answer' },
  });
  client.close();
  other.close();
});
