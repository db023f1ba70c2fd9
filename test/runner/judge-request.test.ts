import { describe, expect, it } from 'vitest';
import { judgeRequest } from '../../src/runner/gateway/anthropic/judge-request.ts';
import { AS_IT_SAYS, type Judgement } from '../../src/runner/gateway/call/judged-call.ts';

const CALL = { model: 'claude-x', max_tokens: 100, messages: [{ role: 'user', content: 'hi' }] };
const judge = (body: unknown) =>
  judgeRequest(Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)), undefined);
const userSays = (content: unknown) => ({ ...CALL, messages: [{ role: 'user', content }] });

describe('the worst case of a request', () => {
  it('is above its bytes by what the provider may add', () => {
    const judged = judge(CALL);
    expect(judged).toMatchObject({
      result: 'bounded',
      model: 'claude-x',
      outputTokens: 100,
      cacheLife: '5m',
    });
    if (judged.result !== 'bounded') return;
    expect(judged.inputTokens).toBe(JSON.stringify(CALL).length + 1_024 + 16);
  });

  it('counts characters by their bytes', () => {
    const plain = judge(userSays('aaaa'));
    const emoji = judge(userSays('😀😀😀😀'));
    if (plain.result !== 'bounded' || emoji.result !== 'bounded') throw new Error('refused');
    expect(emoji.inputTokens - plain.inputTokens).toBe(12);
  });

  it('counts a picture by more than its bytes, in a tool’s result too', () => {
    const image = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAAA' } };
    const judged = judge(userSays([{ type: 'tool_result', tool_use_id: 't', content: [image] }, image]));
    if (judged.result !== 'bounded') throw new Error('refused');
    expect(judged.inputTokens).toBeGreaterThan(10_000);
  });

  it('counts a thinking budget above max_tokens', () => {
    const thinking = { type: 'enabled', budget_tokens: 5_000 };
    expect(judge({ ...CALL, thinking })).toMatchObject({ outputTokens: 5_100 });
    expect(judge({ ...CALL, max_tokens: 8_000, thinking })).toMatchObject({ outputTokens: 8_000 });
  });

  it('knows tools that the agent’s own program carries out', () => {
    const tools = [
      { name: 'mine', input_schema: {} },
      { type: 'custom', name: 'too' },
      { type: 'bash_20250124', name: 'bash' },
      { type: 'text_editor_20250728', name: 'edit' },
      { type: 'computer_20250124', name: 'computer' },
    ];
    expect(judge({ ...CALL, tools })).toMatchObject({ result: 'bounded' });
  });

  it('notes how long its cache is to live', () => {
    const cached = { type: 'text', text: 'x', cache_control: { type: 'ephemeral', ttl: '1h' } };
    expect(judge({ ...CALL, system: [cached] })).toMatchObject({ cacheLife: '1h' });
    expect(judge(userSays('"ttl":"1h"'))).toMatchObject({ cacheLife: '5m' });
  });
});

describe('a request without a worst case is refused before anything is reserved', () => {
  const source = (type: string) => ({
    type,
    url: 'https://x',
    file_id: 'f',
    data: 'AAAA',
    media_type: 'application/pdf',
  });
  it.each<[string, unknown, string]>([
    ['no JSON', '{', 'JSON'],
    ['a list', '[]', 'JSON'],
    ['a scalar', '3', 'JSON'],
    ['no model', { ...CALL, model: undefined }, 'model'],
    ['a model that is no text', { ...CALL, model: 7 }, 'model'],
    ['no max_tokens', { ...CALL, max_tokens: undefined }, 'max_tokens'],
    ['max_tokens 0', { ...CALL, max_tokens: 0 }, 'max_tokens'],
    ['max_tokens -1', { ...CALL, max_tokens: -1 }, 'max_tokens'],
    ['max_tokens 1.5', { ...CALL, max_tokens: 1.5 }, 'max_tokens'],
    ['max_tokens as text', { ...CALL, max_tokens: '100' }, 'max_tokens'],
    ['max_tokens 2^63', { ...CALL, max_tokens: 2 ** 63 }, 'max_tokens'],
    ['max_tokens beyond any model', { ...CALL, max_tokens: 1e9 }, 'max_tokens'],
    ['stream as text', { ...CALL, stream: 'yes' }, 'stream'],
    ['no messages', { ...CALL, messages: undefined }, 'messages'],
    ['an image by its address', userSays([{ type: 'image', source: source('url') }]), 'fetched'],
    ['a file by its id', userSays([{ type: 'document', source: source('file') }]), 'fetched'],
    ['a PDF', userSays([{ type: 'document', source: source('base64') }]), 'PDF'],
    [
      'an image by its address in a tool’s result',
      userSays([{ type: 'tool_result', content: [{ type: 'image', source: source('url') }] }]),
      'fetched',
    ],
    ['an unknown block', userSays([{ type: 'container_upload', file_id: 'f' }]), 'container_upload'],
    ['a message that is no object', { ...CALL, messages: [3] }, 'content'],
    [
      'a search at the provider',
      { ...CALL, tools: [{ type: 'web_search_20250305', name: 's' }] },
      'web_search',
    ],
    [
      'code run at the provider',
      { ...CALL, tools: [{ type: 'code_execution_20250522', name: 'c' }] },
      'code_execution',
    ],
    ['an unknown tool', { ...CALL, tools: [{ type: 'advisor_20260301', name: 'a' }] }, 'advisor'],
    ['a container', { ...CALL, container: 'c' }, 'container'],
    [
      'servers of its own',
      { ...CALL, mcp_servers: [{ type: 'url', url: 'https://x', name: 'x' }] },
      'mcp_servers',
    ],
    ['a service tier', { ...CALL, service_tier: 'priority' }, 'service_tier'],
    ['a place with a surcharge', { ...CALL, inference_geo: 'us' }, 'inference_geo'],
    ['a fast mode', { ...CALL, speed: 'fast' }, 'speed'],
    ['several answers', { ...CALL, n: 2 }, 'n:'],
    ['compaction', { ...CALL, context_management: { edits: [{ type: 'compact_20260112' }] } }, 'compaction'],
    [
      'a depth of 100,000',
      `{"model":"m","max_tokens":1,"messages":[],"x":${'['.repeat(100_000)}${']'.repeat(100_000)}}`,
      'deep',
    ],
  ])('%s', (_, body, says) => {
    const judged = judge(body);
    if (judged.result !== 'refused') throw new Error('It was let through.');
    expect(judged.error.status).toBe(400);
    expect(judged.error.message).toContain(says);
  });

  it('bytes that are no UTF-8', () => {
    expect(judgeRequest(Buffer.from([0x7b, 0xff, 0x7d]), undefined)).toMatchObject({ result: 'refused' });
  });
});

describe('what is not about cost', () => {
  const body = {
    ...userSays([
      { type: 'tool_use', id: 't', name: 'n', input: { source: { type: 'url' }, __proto__x: 1 } },
    ]),
    service_tier: 'standard_only',
    metadata: { user_id: 'u' },
  };
  const passed = (judged: Judgement): unknown => {
    if (judged.result !== 'bounded') throw new Error(judged.error.message);
    return JSON.parse(judged.body.toString('utf8'));
  };

  it('is passed on as it is, data of tools too', () => {
    expect(passed(judge(body))).toEqual(body);
  });

  it('is a field that nobody knows only where the operator says so', () => {
    const asked = { ...body, some_new_field: [1, { a: null }] };
    expect(judge(asked)).toMatchObject({
      result: 'refused',
      error: { message: expect.stringContaining('"some_new_field": is not known here') },
    });
    const bounds = { ...AS_IT_SAYS, freeFields: new Set(['some_new_field']) };
    expect(passed(judgeRequest(Buffer.from(JSON.stringify(asked)), undefined, bounds))).toEqual(asked);
  });
});
