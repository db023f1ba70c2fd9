import { describe, expect, it } from 'vitest';
import { judgeRequest } from '../../src/runner/gateway/anthropic/judge-request.ts';
import { readUsage } from '../../src/runner/gateway/anthropic/usage.ts';
import type { Judgement } from '../../src/runner/gateway/call/judged-call.ts';
import { knownInputs } from '../../src/runner/gateway/call/known-input.ts';
import { judgeOpenAi } from '../../src/runner/gateway/openai/judge-request.ts';

type Request = Readonly<Record<string, unknown>>;

const responses = (request: Request): Judgement =>
  judgeOpenAi('responses', Buffer.from(JSON.stringify({ model: 'gpt-x', input: 'hi', ...request })));
const chat = (message: Request, more: Request = {}): Judgement =>
  judgeOpenAi(
    'chat/completions',
    Buffer.from(JSON.stringify({ model: 'gpt-x', messages: [{ role: 'user', ...message }], ...more })),
  );
const messages = (request: Request): Judgement =>
  judgeRequest(
    Buffer.from(JSON.stringify({ model: 'm', max_tokens: 10, messages: [], ...request })),
    undefined,
  );
const why = (judged: Judgement): string => (judged.result === 'refused' ? judged.error.message : 'it passed');

describe('what a provider holds, and a request only names, is refused', () => {
  it.each([
    [{ id: 'msg_1' }],
    [{ id: 'msg_1', type: null }],
    [{ id: 'msg_1', type: 'message', role: 'assistant' }],
    [{ id: 'msg_1', type: 'message', role: 'assistant', content: [] }],
    [{ type: 'item_reference', id: 'msg_1' }],
    [{ type: 'reasoning', id: 'rs_1', summary: [] }],
    [{ type: 'web_search_call', id: 'ws_1', status: 'completed' }],
    [{ type: 'file_search_call', id: 'fs_1', queries: [], results: null }],
    [{ type: 'code_interpreter_call', id: 'ci_1', container_id: 'c' }],
    [{ type: 'mcp_call', id: 'mcp_1' }],
    [{ type: 'tool_search_call', id: 'ts_1', execution: 'server', arguments: {} }],
    [{ type: 'compaction', id: 'cmp_1' }],
    [{ type: 'function_call', id: 'fc_1' }],
    [{ type: 'function_call_output', id: 'fco_1', call_id: 'c' }],
    [{ type: 'constructor', id: 'x' }],
    ['hi'],
  ])('as an item of the input: %j', (item) => {
    expect(why(responses({ input: [{ role: 'user', content: 'hi' }, item] }))).toMatch(/^input: /);
  });

  it('as speech of an earlier answer', () => {
    expect(why(chat({ role: 'assistant', audio: { id: 'audio_1' } }))).toMatch(/^audio: /);
  });
});

describe('what nobody here knows is refused', () => {
  it.each([
    ['compaction', messages({ compaction: { type: 'summarize' } })],
    ['Max_Tokens', messages({ Max_Tokens: 100_000 })],
    [
      'Max_Completion_Tokens',
      chat({ content: 'hi' }, { max_completion_tokens: 9, Max_Completion_Tokens: 99 }),
    ],
    ['N', chat({ content: 'hi' }, { N: 5 })],
    ['documents', chat({ content: 'hi' }, { documents: [{ url: 'https://example.com' }] })],
    ['messages', responses({ messages: [] })],
  ])('as a field: %s', (name, judged) => {
    expect(why(judged)).toContain(`"${name}": is not known here`);
  });

  it('but for one that says nothing', () => {
    expect(responses({ tomorrows_field: null })).toMatchObject({ result: 'bounded' });
  });

  it.each([['video'], ['document'], ['input_file'], ['file'], [undefined]])('as content: %s', (type) => {
    const content = [
      { type: 'text', text: 'look' },
      { type, url: 'data:text/plain,x' },
    ];
    expect(why(chat({ content }))).toContain('is not known here');
    expect(why(responses({ input: [{ role: 'user', content }] }))).toContain('is not known here');
    const output = { type: 'function_call_output', call_id: 'c', output: content };
    expect(why(responses({ input: [output] }))).toContain('is not known here');
  });

  it.each([['application/pdf'], ['video/mp4'], ['image/svg+xml']])(
    'in a picture that is none: %s',
    (type) => {
      const url = `data:${type};base64,AAAA`;
      expect(why(chat({ content: [{ type: 'image_url', image_url: { url } }] }))).toMatch(/^image_url: /);
      const item = { role: 'user', content: [{ type: 'input_image', image_url: url }] };
      expect(why(responses({ input: [item] }))).toMatch(/^image_url: /);
      const source = { type: 'base64', media_type: type, data: 'AAAA' };
      const image = { role: 'user', content: [{ type: 'image', source }] };
      expect(why(messages({ messages: [image] }))).toContain('image');
    },
  );

  it.each([
    'gpt-4o-search-preview',
    'gpt-5-search-api',
    'o3-deep-research',
    'perplexity/sonar-pro',
    'groq/compound',
  ])('as a model that searches: %s', (model) => {
    expect(why(responses({ model }))).toMatch(/^model: /);
  });
});

it('what agent CLIs and clients do send passes', () => {
  const input = [
    { role: 'developer', content: 'be brief' },
    { type: 'message', id: 'msg_1', role: 'user', content: [{ type: 'input_text', text: 'hi' }] },
    { type: 'reasoning', id: 'rs_1', summary: [], content: null, encrypted_content: 'AAAA' },
    { type: 'reasoning', summary: [{ type: 'summary_text', text: 'so' }] },
    { type: 'function_call', id: 'fc_1', call_id: 'c', name: 'f', arguments: '{}' },
    { type: 'function_call_output', call_id: 'c', output: 'done' },
    { type: 'custom_tool_call', call_id: 'd', name: 'apply_patch', input: '*** Begin Patch' },
    { type: 'custom_tool_call_output', call_id: 'd', output: [{ type: 'input_text', text: 'done' }] },
    { role: 'assistant', content: [{ type: 'output_text', text: 'ok', annotations: [] }] },
  ];
  const fields = { include: ['reasoning.encrypted_content'], client_metadata: {}, prompt_cache_key: 'k' };
  expect(why(responses({ input, store: false, parallel_tool_calls: true, ...fields }))).toBe('it passed');
  const chatFields = {
    temperature: 0,
    chat_template_kwargs: { enable_thinking: false },
    usage: { include: true },
  };
  expect(why(chat({ content: 'hi', name: 'me' }, chatFields))).toBe('it passed');
  const turn = { role: 'user', content: 'hi', output_config: { effort: 'low' } };
  expect(why(messages({ messages: [turn], context_management: { edits: [] } }))).toBe('it passed');
});

it('a part that is shown to the model in some turns only bounds nothing', () => {
  const long = 'lorem ipsum '.repeat(2_500);
  const passing = { role: 'system', clear_at: 'next_user_message', content: long };
  const user = { role: 'user', content: 'go on' };
  const first = messages({ messages: [user, passing, user] });
  const second = messages({ messages: [user, passing] });
  if (first.result !== 'bounded' || second.result !== 'bounded') throw new Error('refused');
  const known = knownInputs();
  // The provider left it out of the first.
  known.note(first.shape, 20);
  expect(known.bound(second.shape) ?? second.inputTokens).toBeGreaterThan(long.length);
});

it.each([
  { iterations: [{ type: 'compaction', input_tokens: 15_000, output_tokens: 12_000 }] },
  { iterations: 'many' },
  { speed: 'fast' },
  { inference_geo: 'us' },
])('a report that leaves out what was paid is not to be trusted: %j', (more) => {
  expect(readUsage({ input_tokens: 3, output_tokens: 1, ...more }, true)).toBeNull();
});

it('a report that says the ordinary in full is', () => {
  const iterations = [{ type: 'message', input_tokens: 3, output_tokens: 1 }];
  const usage = { input_tokens: 3, output_tokens: 1, speed: 'standard', inference_geo: 'global', iterations };
  expect(readUsage(usage, true)).toMatchObject({ inputTokens: 3, outputTokens: 1 });
});
