import { describe, expect, it } from 'vitest';
import { judgeRequest } from '../../src/runner/gateway/anthropic/judge-request.ts';
import { readUsage } from '../../src/runner/gateway/anthropic/usage.ts';
import { AS_IT_SAYS, type Judgement } from '../../src/runner/gateway/call/judged-call.ts';
import { knownInputs } from '../../src/runner/gateway/call/known-input.ts';
import { collectorsFor } from '../../src/runner/gateway/openai/answer-usage.ts';
import { judgeOpenAi } from '../../src/runner/gateway/openai/judge-request.ts';
import { readOpenAiUsage } from '../../src/runner/gateway/openai/usage.ts';

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
    [{ type: 'compaction', id: 'cmp_1', encrypted_content: '' }],
    [{ type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: '' }],
    [{ type: 'reasoning', id: 'rs_1', summary: [], content: [{ type: 'reasoning_text', text: '' }] }],
    [{ type: 'message', id: 'msg_1', role: 'assistant', content: '' }],
    [{ type: 'tool_search_output', id: 'ts_1', execution: 'client' }],
    [{ type: 'function_call', id: 'fc_1' }],
    [{ type: 'function_call_output', id: 'fco_1', call_id: 'c' }],
    [{ id: 'msg_1', role: 'assistant', content: [{ type: 'output_text', text: '' }] }],
    [{ id: 'msg_1', role: 'assistant', content: [{ type: 'refusal', refusal: '' }, { type: 'text' }] }],
    [{ type: 'function_call_output', id: 'fco_1', output: '' }],
    [{ type: 'function_call_output', id: 'fco_1', call_id: '', output: [{ type: 'input_text', text: '' }] }],
    [{ type: 'custom_tool_call_output', id: 'co_1', output: [] }],
    [{ type: 'apply_patch_call_output', id: 'a_1' }],
    [{ type: 'apply_patch_call_output', id: 'a_1', status: 'completed', output: '' }],
    [{ type: 'constructor', id: 'x' }],
    ['hi'],
  ])('as an item of the input: %j', (item) => {
    expect(why(responses({ input: [{ role: 'user', content: 'hi' }, item] }))).toMatch(/^input: /);
  });

  it.each([{ input: {} }, { input: { id: 'msg_1' } }])('in what is no list: %j', (request) => {
    expect(why(responses(request))).toMatch(/^input: /);
  });

  it.each([
    { type: 'image_url', url: 'https://x' },
    { type: 'input_image', source: { type: 'url', url: 'https://x' } },
  ])('as a picture in a place of its own: %j', (part) => {
    expect(why(chat({ content: [part] }))).toContain('has no image_url');
  });

  it.each(['documents', 'attachments', 'file_ids'])('beside a message: %s', (name) => {
    expect(why(chat({ content: 'hi', [name]: [{ url: 'https://x' }] }))).toContain(name);
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
    { type: 'function_call_output', id: 'fco_1', call_id: 'c', output: '' },
    { type: 'apply_patch_call_output', id: 'a_1', call_id: 'c', status: 'completed' },
    { type: 'apply_patch_call_output', id: 'a_1', output: 'done' },
    {
      type: 'function_call_output',
      id: 'fco_1',
      output: [{ type: 'input_image', image_url: 'data:image/png;base64,AAAA' }],
    },
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
  {
    iterations: [
      { type: 'message', input_tokens: 300 },
      { type: 'message', input_tokens: 300 },
    ],
  },
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

describe('a limit that whoever answers may pass over', () => {
  const reserved = (model: string, more: Request): number => {
    const judged = chat({ content: 'hi' }, { model, ...more });
    if (judged.result === 'refused') throw new Error(judged.error.message);
    return judged.outputTokens;
  };

  it.each(['deepseek-chat', 'llama-3.3-70b', 'gpt-oss:20b'])(
    'is none: max_completion_tokens for %s',
    (model) => {
      expect(reserved(model, { max_completion_tokens: 10 })).toBe(272_000);
      expect(reserved(model, { max_tokens: 10 })).toBe(10);
      const limited = judgeOpenAi(
        'chat/completions',
        Buffer.from(JSON.stringify({ model, messages: [{ role: 'user', content: 'hi' }] })),
        {},
        { ...AS_IT_SAYS, maxOutputTokens: 2_000 },
      );
      if (limited.result === 'refused') throw new Error(limited.error.message);
      expect(JSON.parse(limited.body.toString())).toMatchObject({ max_tokens: 2_000 });
    },
  );

  it.each(['gpt-5.1', 'o3', 'openai/gpt-5.1'])('is one for %s', (model) => {
    expect(reserved(model, { max_completion_tokens: 10 })).toBe(10);
  });

  it('is the limit of what is said, and not of what is thought', () => {
    expect(reserved('qwen3-max', { max_tokens: 10, thinking_budget: 81_920 })).toBe(81_930);
    expect(reserved('qwen3-max', { max_tokens: 10, enable_thinking: true })).toBe(272_010);
    expect(reserved('m', { max_tokens: 10, reasoning: { max_tokens: 60_000 } })).toBe(60_010);
    expect(reserved('m', { max_tokens: 10, thinking: { type: 'enabled', budget_tokens: 5_000 } })).toBe(
      5_010,
    );
    expect(reserved('m', { max_tokens: 9_000, reasoning: { max_tokens: 6_000 } })).toBe(9_000);
  });

  it.each(['200000', 200_000.5, -1])('of thought must be a whole number: %s', (tokens) => {
    expect(why(messages({ thinking: { type: 'enabled', budget_tokens: tokens } }))).toContain(
      'budget_tokens',
    );
  });
});

describe('what is read in some turns only bounds nothing in others', () => {
  const long = 'lorem ipsum '.repeat(2_500);
  const of = (route: 'responses' | 'chat/completions', request: Request) => {
    const judged = judgeOpenAi(route, Buffer.from(JSON.stringify({ model: 'gpt-x', ...request })));
    if (judged.result === 'refused') throw new Error(judged.error.message);
    return judged;
  };
  const user = { role: 'user', content: 'go on' };

  it.each([
    { role: 'assistant', content: `<think>${long}</think>ok` },
    { role: 'assistant', content: [{ type: 'thinking', text: long }] },
    { role: 'assistant', content: 'ok', thinking_blocks: [long] },
    { role: 'assistant', content: 'ok', another_key: long },
  ])('%#', (thought) => {
    const known = knownInputs();
    known.note(of('chat/completions', { messages: [thought, user] }).shape, 20);
    const next = of('chat/completions', { messages: [thought] });
    expect(known.bound(next.shape) ?? next.inputTokens).toBeGreaterThan(long.length);
  });

  it('what stands before a compaction', () => {
    const known = knownInputs();
    const said = { role: 'user', content: long };
    const compaction = { type: 'compaction', encrypted_content: 'AAAA' };
    known.note(of('responses', { input: [said, compaction] }).shape, 20);
    const next = of('responses', { input: [said] });
    expect(known.bound(next.shape) ?? next.inputTokens).toBeGreaterThan(long.length);
  });
});

it('a document that can be cited counts each piece that it may be cut into', () => {
  const document = (citations?: object) => {
    const source = { type: 'text', media_type: 'text/plain', data: 'A. '.repeat(1_000) };
    const judged = messages({
      messages: [{ role: 'user', content: [{ type: 'document', source, citations }] }],
    });
    if (judged.result === 'refused') throw new Error(judged.error.message);
    return judged.inputTokens;
  };
  expect(document({ enabled: true }) - document()).toBeGreaterThan(30_000);
  expect(document({ enabled: false }) - document()).toBeLessThan(100);
});

it('what a proxy calls the writing of a cache is one', () => {
  const details = { cached_tokens: 0, cache_creation_tokens: 9 };
  const usage = {
    prompt_tokens: 10,
    completion_tokens: 3,
    cache_creation_input_tokens: 9,
    prompt_tokens_details: details,
  };
  expect(readOpenAiUsage(usage, undefined, '1h')).toMatchObject({
    input_tokens: 1,
    cache_write_1h_tokens: 9,
  });
  const kept = chat({
    content: [{ type: 'text', text: 'hi', cache_control: { type: 'ephemeral', ttl: '1h' } }],
  });
  expect(kept).toMatchObject({ cacheLife: '1h' });
});

it.each([
  [{ error: { message: 'bad request' } }, true],
  [{ error: { message: 'x', failed_generation: 'half an answer' } }, false],
  [{ error: { message: 'x' }, usage: { prompt_tokens: 17_000 } }, false],
])('an error that came after an answer is not free: %j', (document, isFree) => {
  const collector = collectorsFor('chat/completions', { model: 'm', cacheLife: '5m' }).document();
  collector.feed(Buffer.from(JSON.stringify(document)));
  expect(collector.isError()).toBe(isFree);
});
