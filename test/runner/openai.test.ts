import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { collectorsFor } from '../../src/runner/gateway/openai/answer-usage.ts';
import { judgeOpenAi } from '../../src/runner/gateway/openai/judge-request.ts';
import { readOpenAiUsage } from '../../src/runner/gateway/openai/usage.ts';
import { ask, type GatewayFixture, KEY, openFixture, type Reply, until } from './gateway-fixture.ts';

const RESPONSES_USAGE = {
  input_tokens: 500,
  input_tokens_details: { cached_tokens: 100 },
  output_tokens: 30,
  output_tokens_details: { reasoning_tokens: 20 },
  total_tokens: 530,
};
const CHAT_USAGE = {
  prompt_tokens: 500,
  prompt_tokens_details: { cached_tokens: 100, audio_tokens: 0 },
  completion_tokens: 30,
};
const BOOKED = {
  input_tokens: 400,
  output_tokens: 30,
  cache_read_tokens: 100,
  cache_write_5m_tokens: 0,
  cache_write_1h_tokens: 0,
};
const RESPONSES_CALL = { model: 'gpt-x', input: 'hello', max_output_tokens: 100 };
const CHAT_CALL = { model: 'gpt-x', messages: [{ role: 'user', content: 'hello' }], max_tokens: 100 };

let fixture: GatewayFixture;
beforeEach(async () => {
  fixture = await openFixture();
});
afterEach(() => fixture.close());

const data = (value: unknown): string => `data: ${JSON.stringify(value)}\n\n`;

function replyWith(send: (response: ServerResponse) => void): void {
  fixture.reply = () => ({ kind: 'raw', usage: { input_tokens: 500, output_tokens: 30 }, send });
}

const replyStream = (...events: readonly string[]): void =>
  replyWith((response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.end(events.join(''));
  });

const replyDocument = (document: unknown, status = 200): void =>
  replyWith((response) => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(document));
  });

const post = (path: string, body: unknown): Promise<Reply> =>
  ask(`${fixture.gateway.url}/openai${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: 'Bearer governed-placeholder' },
    body: JSON.stringify(body),
  });

async function settled(): Promise<unknown> {
  await until(() => fixture.server.closed.length > 0, 'the call is closed');
  return fixture.server.closed[0]?.settle;
}

describe('a call of OpenAI’s Responses', () => {
  it('streams through to the byte and is booked at what its last event says', async () => {
    const events = [
      data({ type: 'response.created', response: { usage: null } }),
      data({ type: 'response.output_text.delta', delta: 'hi "usage" there' }),
      data({ type: 'response.completed', response: { usage: RESPONSES_USAGE } }),
    ];
    replyStream(...events);
    const reply = await post('/v1/responses', { ...RESPONSES_CALL, stream: true });
    expect([reply.status, reply.text]).toEqual([200, events.join('')]);
    expect(await settled()).toEqual({ usage: BOOKED, outcome: 'complete' });
    expect(fixture.provider.calls[0]).toMatchObject({
      path: '/v1/responses',
      headers: { authorization: `Bearer ${KEY}` },
    });
  });

  it('is booked from its document where it is not streamed, at either address', async () => {
    replyDocument({ object: 'response', usage: RESPONSES_USAGE });
    expect((await post('/responses', RESPONSES_CALL)).status).toBe(200);
    expect(await settled()).toEqual({ usage: BOOKED, outcome: 'complete' });
  });

  it('is booked whole when it ends before it said what it used', async () => {
    replyStream(data({ type: 'response.created', response: { usage: null } }));
    await post('/v1/responses', { ...RESPONSES_CALL, stream: true });
    expect(await settled()).toMatchObject({ usage: null });
  });

  it('reserves all that its model can give where it names no limit', async () => {
    replyDocument({ object: 'response', usage: RESPONSES_USAGE });
    await post('/v1/responses', { model: 'gpt-x', input: 'hello' });
    expect(fixture.server.reserved[0]).toMatchObject({ provider: 'openai', output_tokens: 128_000 });
  });

  it('costs nothing when the provider refuses it', async () => {
    replyDocument({ error: { message: 'no', type: 'invalid_request_error' } }, 400);
    expect((await post('/v1/responses', RESPONSES_CALL)).status).toBe(400);
    await until(() => fixture.server.closed.length > 0, 'it is closed');
    expect(fixture.server.closed[0]).toMatchObject({ how: 'void' });
  });
});

describe('a call of OpenAI’s Chat Completions', () => {
  it('is asked to tell its usage when it streams, and booked at that', async () => {
    replyStream(
      data({ choices: [{ delta: { content: 'hi' } }], usage: null }),
      data({ choices: [], usage: CHAT_USAGE }),
      'data: [DONE]\n\n',
    );
    await post('/v1/chat/completions', { ...CHAT_CALL, stream: true, stream_options: { x: 1 } });
    expect(fixture.provider.calls[0]?.body['stream_options']).toEqual({ x: 1, include_usage: true });
    expect(await settled()).toEqual({ usage: BOOKED, outcome: 'complete' });
  });

  const counting = (tokens: number, finish: string | null = null) =>
    data({
      choices: [{ delta: { content: 'w' }, finish_reason: finish }],
      usage: { prompt_tokens: 500, completion_tokens: tokens },
    });

  it.each([
    ['the chunk that finishes it', [counting(1), counting(30, 'stop')], 30],
    ['a chunk before the end mark', [counting(1), counting(30), 'data: [DONE]\n\n'], 30],
    ['no chunk that is the last', [counting(1), counting(2)], null],
    ['a report that takes back what was said', [counting(30), counting(2, 'stop')], null],
  ])('that counts along is booked by %s', async (_which, events, tokens) => {
    replyStream(...events);
    await post('/v1/chat/completions', { ...CHAT_CALL, stream: true });
    const usage = tokens === null ? null : { input_tokens: 500, output_tokens: tokens };
    expect(await settled()).toMatchObject({ usage });
  });

  it('that counts along and is cut off, at whichever byte, is booked at its end or whole', () => {
    const text = [counting(1), counting(20), counting(30, 'stop')].join('');
    for (let length = 0; length <= text.length; length += 1) {
      const collector = collectorsFor('chat/completions', { model: 'gpt-x', cacheLife: '5m' }).stream();
      collector.feed(Buffer.from(text.slice(0, length)));
      const tokens = collector.usage()?.output_tokens;
      expect([undefined, 30]).toContain(tokens);
    }
  });

  it('is booked from its document where it is not streamed', async () => {
    replyDocument({ object: 'chat.completion', usage: CHAT_USAGE });
    await post('/chat/completions', CHAT_CALL);
    expect(await settled()).toEqual({ usage: BOOKED, outcome: 'complete' });
  });
});

describe('a refusal in OpenAI’s shape', () => {
  it.each([
    ['over_cap', 429, 'insufficient_quota'],
    ['open_reservations', 429, 'insufficient_quota'],
    ['model_not_allowed', 400, 'permission_denied'],
    ['unpriced', 400, 'permission_denied'],
  ])('for %s is %i, which makes Codex stop at once, and nothing is sent', async (code, status, shown) => {
    fixture.server.reserve = () => ({
      result: 'refused',
      code,
      detail: '$0.02 left',
      hint: 'raise it',
      remaining_micro_usd: 1,
    });
    const reply = await post('/v1/responses', RESPONSES_CALL);
    expect([reply.status, JSON.parse(reply.text).error.code]).toEqual([status, shown]);
    expect(reply.text).toContain('$0.02 left; raise it');
    expect(reply.headers['x-should-retry']).toBe('false');
    expect(fixture.provider.calls).toEqual([]);
  });

  it('is 429 with the time to wait when only a rate is used up', async () => {
    fixture.server.reserve = () => ({
      result: 'refused',
      code: 'denied_by_rule',
      detail: 'calls-a-minute: At most 60 calls a minute',
      hint: 'try again in 20 s',
      remaining_micro_usd: null,
      retry_after: 20,
    });
    const reply = await post('/v1/responses', RESPONSES_CALL);
    expect([reply.status, JSON.parse(reply.text).error.code]).toEqual([429, 'rate_limit_exceeded']);
    expect(reply.headers['retry-after']).toBe('20');
  });

  it('says that other routes are not metered', async () => {
    const reply = await post('/v1/embeddings', {});
    expect([reply.status, fixture.provider.calls.length]).toEqual([400, 0]);
    expect(JSON.parse(reply.text).error.message).toContain('not available yet');
  });
});

describe('a request whose worst case is not bounded', () => {
  const image = (url: string) => ({ role: 'user', content: [{ type: 'input_image', image_url: url }] });

  it.each([
    ['previous_response_id', { previous_response_id: 'resp_1' }],
    ['conversation', { conversation: 'conv_1' }],
    ['background', { background: true }],
    ['service_tier', { service_tier: 'priority' }],
    ['n', { n: 2 }],
    ['a mode of several passes', { reasoning: { effort: 'low', mode: 'pro' } }],
    ['a mode that nobody knows', { reasoning: { mode: 'ultra' } }],
    ['other models in its place', { models: ['gpt-y'] }],
    ['searches', { plugins: [{ id: 'web' }] }],
    ['spoken answers', { modalities: ['text', 'audio'] }],
    ['compaction', { context_management: [{ type: 'compaction' }] }],
    ['a film', { input: [{ content: [{ type: 'video_url', video_url: { url: 'x' } }] }] }],
    ['a tool of the provider', { tools: [{ type: 'web_search' }] }],
    ['such a tool further down', { input: [{ type: 'additional_tools', tools: [{ type: 'mcp' }] }] }],
    ['such a tool in a namespace', { tools: [{ type: 'namespace', tools: [{ type: 'image_generation' }] }] }],
    ['a file by its id', { input: [{ content: [{ type: 'input_file', file_id: 'file_1' }] }] }],
    ['a reference', { input: [{ type: 'item_reference', id: 'x' }] }],
    ['a picture that was made there', { input: [{ type: 'image_generation_call', id: 'ig_1' }] }],
    ['a picture elsewhere', { input: [image('https://example.com/x.png')] }],
    ['a limit that is none', { max_output_tokens: 0 }],
    ['a limit that is no number', { max_output_tokens: '100' }],
  ])('is refused for %s', (_what, over) => {
    const judged = judgeOpenAi('responses', Buffer.from(JSON.stringify({ ...RESPONSES_CALL, ...over })));
    expect(judged).toMatchObject({ result: 'refused', error: { status: 400 } });
  });

  it('is told by its name, and what may be said instead', () => {
    const said = (mode: string) =>
      judgeOpenAi('chat/completions', Buffer.from(JSON.stringify({ ...CHAT_CALL, reasoning: { mode } })));
    expect(said('pro')).toMatchObject({
      error: {
        message: expect.stringContaining(
          'reasoning.mode: has a cost that the request does not bound (leave it out, or say "standard")',
        ),
      },
    });
    expect(said('standard')).toMatchObject({ result: 'bounded' });
  });

  it.each(['context_management', 'service_tier', 'anything'])(
    'is refused when %s is nested deeper than can be written',
    (name) => {
      const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
      const judged = judgeOpenAi('responses', Buffer.from(`{"model":"gpt-x","${name}":${deep}}`));
      expect(judged).toMatchObject({ result: 'refused', error: { status: 400 } });
    },
  );

  it('is bounded by its bytes otherwise, a picture at the dearest that is published', () => {
    const plain = judgeOpenAi('responses', Buffer.from(JSON.stringify(RESPONSES_CALL)));
    const sent = { ...RESPONSES_CALL, input: [image('data:image/png;base64,AAAA')] };
    const pictured = judgeOpenAi('responses', Buffer.from(JSON.stringify(sent)));
    expect(plain).toMatchObject({ result: 'bounded', outputTokens: 100 });
    expect(pictured.result === 'bounded' && pictured.inputTokens).toBeGreaterThan(50_000);
    const made = { type: 'image_generation_call', id: 'ig_1', status: 'completed', result: 'AAAA' };
    const again = Buffer.from(JSON.stringify({ ...RESPONSES_CALL, input: [made, made] }));
    const shown = judgeOpenAi('responses', again);
    expect(shown.result === 'bounded' && shown.inputTokens).toBeGreaterThan(100_000);
  });

  it.each([
    [{ ...RESPONSES_USAGE, input_tokens: -1 }],
    [{ ...RESPONSES_USAGE, output_tokens: 1.5 }],
    [{ ...RESPONSES_USAGE, input_tokens_details: { cached_tokens: 501 } }],
    [{ ...CHAT_USAGE, prompt_tokens_details: { audio_tokens: 5 } }],
    [{ ...CHAT_USAGE, prompt_tokens: 0, prompt_tokens_details: null }],
    [{ ...CHAT_USAGE, total_tokens: 'many' }],
    [{ input_tokens: 5 }],
    [null],
  ])('a report that makes no sense is none: %j', (report) => {
    expect(readOpenAiUsage(report, undefined, '5m')).toBeNull();
  });

  it('thought that a provider counts beside the output is part of it', () => {
    const apart = { ...CHAT_USAGE, completion_tokens_details: { reasoning_tokens: 70 } };
    expect(readOpenAiUsage(apart, undefined, '5m')).toMatchObject({ output_tokens: 100 });
    const summed = { ...CHAT_USAGE, total_tokens: 630 };
    expect(readOpenAiUsage(summed, undefined, '5m')).toMatchObject({ output_tokens: 130 });
  });

  it('the higher of two limits counts, and each must be one', () => {
    const limit = (over: object) => {
      const judged = judgeOpenAi('chat/completions', Buffer.from(JSON.stringify({ ...CHAT_CALL, ...over })));
      return judged.result === 'bounded' ? judged.outputTokens : null;
    };
    expect(limit({ max_completion_tokens: 1 })).toBe(100);
    expect(limit({ max_completion_tokens: 5_000 })).toBe(5_000);
    expect(limit({ max_completion_tokens: 'few' })).toBeNull();
  });

  it('a report of a tier that costs less or more than the list is half the price, or none', () => {
    const tier = (name: string) => readOpenAiUsage(RESPONSES_USAGE, name, '5m');
    expect(tier('default')?.billed_as).toBeUndefined();
    expect(tier('flex')).toMatchObject({ billed_as: 'batch' });
    expect([tier('priority'), tier('scale'), tier('tomorrow')]).toEqual([null, null, null]);
  });

  it('cache writes are booked at the life that the request asked for', () => {
    const details = { cached_tokens: 0, cache_write_tokens: 100 };
    const usage = { ...RESPONSES_USAGE, input_tokens_details: details };
    expect(readOpenAiUsage(usage, null, '1h')).toMatchObject({ cache_write_1h_tokens: 100 });
    const kept = Buffer.from('{"model":"m","prompt_cache_retention":"24h"}');
    expect(judgeOpenAi('responses', kept)).toMatchObject({ cacheLife: '1h' });
    expect(judgeOpenAi('responses', Buffer.from('{"model":"m"}'))).toMatchObject({ cacheLife: '5m' });
  });

  it('without a limit of its own is reserved at the longest answer that its model can give', () => {
    const limit = (model: string) => {
      const judged = judgeOpenAi('responses', Buffer.from(JSON.stringify({ model })));
      return judged.result === 'bounded' ? judged.outputTokens : null;
    };
    expect([limit('gpt-5.2'), limit('gpt-5.2-pro'), limit('some-local-model')]).toEqual([
      128_000, 272_000, 272_000,
    ]);
  });
});
