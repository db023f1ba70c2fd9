import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { maskOf } from '../../src/runner/gateway/call/mask-secret.ts';
import { streamEvents } from '../fixtures/provider.ts';
import {
  ask,
  askModel,
  CALL,
  type GatewayFixture,
  KEY,
  openFixture,
  PLAIN_USAGE,
  until,
} from './gateway-fixture.ts';

const HIDDEN = '*'.repeat(KEY.length);

describe('a provider that repeats the key', () => {
  let f: GatewayFixture;
  beforeEach(async () => {
    f = await openFixture();
  });
  afterEach(() => f.close());

  it('in the headers and the text of an error is passed on without it', async () => {
    const echo = JSON.stringify({ type: 'error', error: { type: 'x', message: `bad key: ${KEY}, ${KEY}` } });
    f.reply = () => ({
      kind: 'raw',
      usage: PLAIN_USAGE,
      send(response) {
        const headers = { 'x-echo': `Bearer ${KEY}`, 'content-length': Buffer.byteLength(echo) };
        response.writeHead(401, { ...headers, 'content-type': 'application/json' });
        response.end(echo);
      },
    });
    const { status, headers, text, isWhole } = await askModel(f);
    expect([status, isWhole, headers['x-echo']]).toEqual([401, true, `Bearer ${HIDDEN}`]);
    expect(JSON.parse(text)).toMatchObject({ error: { message: `bad key: ${HIDDEN}, ${HIDDEN}` } });
    await until(() => f.server.closed.length === 1, 'it was closed');
    expect(f.server.closed[0]).toMatchObject({ how: 'void' });
    const url = `${f.gateway.url}/openai/v1/chat/completions`;
    const body = JSON.stringify({ model: 'm', max_tokens: 5, messages: [] });
    const other = await ask(url, { method: 'POST', body });
    expect(`${JSON.stringify(other.headers)}${other.text}`).not.toContain(KEY);
  });

  it('in a stream, cut anywhere, is passed on without it, and its usage is counted', async () => {
    const events = streamEvents('claude-x', PLAIN_USAGE, ['one', KEY, 'two']).join('');
    f.reply = () => ({
      kind: 'raw',
      usage: PLAIN_USAGE,
      async send(response) {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        for (let at = 0; at < events.length; at += 7) {
          await new Promise<void>((resolve) => response.write(events.slice(at, at + 7), () => resolve()));
        }
        response.end();
      },
    });
    const { text } = await askModel(f, { ...CALL, stream: true });
    expect(text).toBe(events.replace(KEY, HIDDEN));
    await until(() => f.server.closed.length === 1, 'it was settled');
    expect(f.server.closed[0]?.settle?.usage).toMatchObject({ output_tokens: 34 });
  });
});

describe('the mask of a key', () => {
  const masked = (key: string, text: string, size: number): string => {
    const body = maskOf(key).body();
    const bytes = Buffer.from(text);
    let passed = '';
    for (let at = 0; at < bytes.length; at += size) {
      passed += body.feed(bytes.subarray(at, at + size)).toString('latin1');
    }
    return passed + body.rest().toString('latin1');
  };

  it('finds it whole, doubled and over itself, wherever the chunks are cut', () => {
    const key = 'ababababababababab';
    const text = `x${key}${key}ab${key.slice(0, -1)}a ${key.slice(3)}`;
    const whole = masked(key, text, text.length);
    expect(whole).not.toContain(key);
    for (let size = 1; size < text.length; size += 1) {
      expect(masked(key, text, size)).not.toContain(key);
      expect(masked(key, text, size)).toHaveLength(text.length);
    }
  });

  it('keeps nothing back of what can not be the key, and leaves a word that is no key', () => {
    const body = maskOf('sk-ant-0123456789').body();
    expect(body.feed(Buffer.from('data: {}\n\n')).toString()).toBe('data: {}\n\n');
    expect(body.feed(Buffer.from('a word: sk-an')).toString()).toBe('a word: ');
    expect(body.feed(Buffer.from('imal')).toString()).toBe('sk-animal');
    expect(masked('ollama', 'ask ollama', 3)).toBe('ask ollama');
  });
});
