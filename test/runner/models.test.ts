// The models of a provider: whoever asks for them through the gateway gets them, with the operator's key, and nothing is booked.
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ask, type GatewayFixture, KEY, openFixture } from './gateway-fixture.ts';

let fixture: GatewayFixture;
beforeEach(async () => {
  fixture = await openFixture();
});
afterEach(() => fixture.close());

const get = (path: string) =>
  ask(`${fixture.gateway.url}${path}`, { headers: { 'content-length': '7' }, body: '{"x":1}' });

it.each([
  ['/anthropic/v1/models', '/v1/models'],
  ['/anthropic/v1/models?limit=2&after_id=claude-x', '/v1/models?limit=2&after_id=claude-x'],
  ['/anthropic/v1/models/claude-sonnet-4-5', '/v1/models/claude-sonnet-4-5'],
  ['/openai/v1/models', '/v1/models'],
  ['/openai/models?client_version=0.1.2', '/v1/models?client_version=0.1.2'],
  ['/openai/v1/models/some-org/some.model:free', '/v1/models/some-org/some.model:free'],
  // What could mean something to whoever stands before the provider stays here.
  ['/openai/v1/models?api-version=1&limit=2', '/v1/models'],
])('%s is asked for with the key, and without what came beside it', async (path, sent) => {
  const reply = await get(path);
  expect([reply.status, reply.text]).toEqual([200, '{"data":[{"id":"model-of-the-provider"}]}']);
  expect(fixture.provider.asked).toMatchObject([{ path: sent, sent: '' }]);
  expect(JSON.stringify(fixture.provider.asked[0]?.headers)).toContain(KEY);
  expect(fixture.server.reserved).toEqual([]);
});

it.each([
  '/anthropic/v1/models/../messages',
  '/anthropic/v1/models/.',
  '/anthropic/v1/models/%2e%2e/files',
  '/anthropic/v1/models//x',
  '/anthropic/v1/models/',
  '/openai/v1/models/a/b/c/d/e',
  '/openai/v1/files',
])('%s is not', async (path) => {
  expect((await get(path)).status).toBe(path.startsWith('/openai') ? 400 : 501);
  expect(fixture.provider.asked).toEqual([]);
});

it('nothing is changed or deleted there', async () => {
  for (const method of ['DELETE', 'POST', 'PUT', 'HEAD']) {
    expect((await ask(`${fixture.gateway.url}/anthropic/v1/models/mine`, { method })).status).toBe(501);
  }
  expect(fixture.provider.asked).toEqual([]);
});
