// Ways to make the bound of a call smaller than what it costs, or its answer cheaper than it was.
import { describe, expect, it } from 'vitest';
import { knownPriceOf } from '../../src/core/ledger/price.ts';
import { SHIPPED_PRICES } from '../../src/core/ledger/shipped-prices.ts';
import { judgeRequest } from '../../src/runner/gateway/anthropic/judge-request.ts';
import { closeCall } from '../../src/runner/gateway/call/close-call.ts';
import { AS_IT_SAYS, type Judgement } from '../../src/runner/gateway/call/judged-call.ts';
import { knownInputs } from '../../src/runner/gateway/call/known-input.ts';
import { judgeOpenAi } from '../../src/runner/gateway/openai/judge-request.ts';
import type { OpenAiRoute } from '../../src/runner/gateway/openai/openai-route.ts';
import { askModel, CALL, openFixture } from './gateway-fixture.ts';

const LONG = 'lorem ipsum '.repeat(2_500);

/** What the operator says to be free may shorten the input all the same. */
const FREED = { ...AS_IT_SAYS, freeFields: new Set(['messages', 'tomorrows_field']) };

type Request = Readonly<Record<string, unknown>>;

function bounded(judged: Judgement): Extract<Judgement, { result: 'bounded' }> {
  if (judged.result === 'refused') throw new Error(judged.error.message);
  return judged;
}
const messages = (request: Request) =>
  judgeRequest(
    Buffer.from(JSON.stringify({ model: 'm', max_tokens: 10, messages: [], ...request })),
    undefined,
    FREED,
  );
const openai = (request: Request, route: OpenAiRoute = 'responses') =>
  judgeOpenAi(route, Buffer.from(JSON.stringify({ model: 'gpt-5', ...request })), {}, FREED);

describe('what was counted before bounds nothing', () => {
  const long = { role: 'user', content: LONG };
  const tool = { name: 'lookup', description: LONG, input_schema: {} };
  it.each<[string, Judgement, Judgement]>([
    [
      'that stood in a field of the other route, which is not read',
      openai({ input: 'hi', messages: [long] }),
      openai({ messages: [long] }, 'chat/completions'),
    ],
    [
      'that stood in another field of the same route',
      openai({ instructions: [long], input: 'hi' }),
      openai({ input: [long] }),
    ],
    ['on the other route', openai({ messages: [long] }, 'chat/completions'), openai({ input: [long] })],
    [
      'when tools were not to be used',
      messages({ tools: [tool], tool_choice: { type: 'none' } }),
      messages({ tools: [tool] }),
    ],
    [
      'when tools of OpenAI were not to be used',
      openai({ tools: [{ type: 'function', ...tool }], tool_choice: 'none' }),
      openai({ tools: [{ type: 'function', ...tool }] }),
    ],
    [
      'of a tool that is left out until it is named',
      messages({ tools: [{ ...tool, defer_loading: true }] }),
      messages({
        tools: [{ ...tool, defer_loading: true }],
        messages: [{ role: 'user', content: 'use it' }],
      }),
    ],
    [
      'of thought that a provider drops between turns',
      openai({ messages: [{ role: 'assistant', content: '', reasoning_content: LONG }] }, 'chat/completions'),
      openai({ messages: [{ role: 'assistant', content: '', reasoning_content: LONG }] }, 'chat/completions'),
    ],
  ])('%s', (_what, counted, next) => {
    const known = knownInputs();
    known.note(bounded(counted).shape, 9_000);
    const { shape } = bounded(next);
    expect(known.bound(shape)).toBeGreaterThan(LONG.length);
  });
});

describe('what was counted where the input may have been shortened bounds nothing', () => {
  const long = { role: 'user', content: LONG };
  const chat = (more: Request) => openai({ messages: [long], max_tokens: 10, ...more }, 'chat/completions');
  const responses = (more: Request) => openai({ input: [long], max_output_tokens: 10, ...more });
  const claude = (more: Request) => messages({ messages: [long], ...more });
  const clearing = { edits: [{ type: 'clear_tool_uses_20250919' }] };

  it.each<[string, (more: Request) => Judgement, Request]>([
    ['OpenRouter', chat, { transforms: ['middle-out'] }],
    ['Fireworks', chat, { prompt_truncate_len: 900 }],
    ['vLLM', chat, { truncate_prompt_tokens: 900 }],
    ['vLLM, of Responses', responses, { truncate_prompt_tokens: 900 }],
    ['OpenAI', responses, { truncation: 'auto' }],
    ['OpenAI, by edits', responses, { context_management: [{ type: 'clearing' }] }],
    ['Anthropic', claude, { context_management: clearing }],
    ['whoever speaks as Anthropic does', claude, { transforms: ['middle-out'] }],
    ['nobody that is known', chat, { tomorrows_field: 1 }],
    ['nobody that is known, of Anthropic', claude, { tomorrows_field: 1 }],
  ])('by %s', (_who, ask, field) => {
    for (const [counted, next] of [
      [ask(field), ask({})],
      [ask({}), ask(field)],
      // By how much of it there is, and what stands around it.
      [ask(field), ask(field)],
    ] as const) {
      const known = knownInputs();
      known.note(bounded(counted).shape, 9_000);
      const { shape } = bounded(next);
      expect(known.bound(shape)).toBe(shape.byteBound);
    }
  });

  it('by a model that takes no more, without being asked', () => {
    const known = knownInputs();
    const { shape } = bounded(chat({}));
    known.note(shape, 8_192);
    expect(known.bound(shape)).toBe(shape.byteBound);
    known.note(shape, 8_193);
    expect(known.bound(shape)).toBeLessThan(shape.byteBound);
  });

  it.each<[string, (more: Request) => Judgement, Request, Request]>([
    ['the form of the answer', chat, {}, { response_format: { type: 'json_object' } }],
    ['the reasoning', responses, { reasoning: { effort: 'low' } }, { reasoning: { effort: 'high' } }],
    ['thought', claude, {}, { thinking: { type: 'adaptive' } }],
    ['the choice of tools', chat, {}, { tool_choice: 'none' }],
  ])('under another value of %s', (_what, ask, counted, next) => {
    const known = knownInputs();
    known.note(bounded(ask(counted)).shape, 9_000);
    const { shape } = bounded(ask(next));
    expect(known.bound(shape)).toBe(shape.byteBound);
    known.note(shape, 9_000);
    expect(known.bound(shape)).toBeLessThan(shape.byteBound);
  });

  it('under another header that says how the body is to be read', () => {
    const judged = (headers: Record<string, string>) =>
      bounded(judgeOpenAi('responses', Buffer.from(JSON.stringify({ model: 'm', input: [long] })), headers));
    const known = knownInputs();
    known.note(judged({}).shape, 9_000);
    const { shape } = judged({ 'openai-beta': 'shortening' });
    expect(known.bound(shape)).toBe(shape.byteBound);
  });

  it('and costs no more to compare where what it is read under is long', () => {
    const input = Array.from({ length: 9_000 }, (_, at) => ({ role: 'user', content: `${at}` }));
    const text = { format: { schema: LONG.repeat(30) } };
    const { shape } = bounded(responses({ input, text }));
    const known = knownInputs();
    const startedMs = performance.now();
    known.note(shape, 9_000);
    expect(performance.now() - startedMs).toBeLessThan(2_000);
  });
});

it('each reference to a tool counts as the tool itself', () => {
  const tools = [{ name: 'large', description: LONG, input_schema: {}, defer_loading: true }];
  const naming = (times: number, tool_name: unknown): number => {
    const content = Array.from({ length: times }, () => ({ type: 'tool_reference', tool_name }));
    const result = { type: 'tool_result', tool_use_id: 'a', content };
    return bounded(messages({ tools, messages: [{ role: 'user', content: [result] }] })).inputTokens;
  };
  for (const name of ['large', 'unknown', 7]) {
    expect(naming(20, name) - naming(0, name)).toBeGreaterThan(20 * LONG.length);
  }
});

it('what the counting of a provider does not take is added by its bytes', async () => {
  const fixture = await openFixture();
  fixture.provider.counted.tokens = 100;
  const { reserve } = fixture.server;
  const asked: number[] = [];
  fixture.server.reserve = (wanted) => {
    asked.push(wanted.input_tokens);
    if (asked.length > 1) return reserve(wanted);
    const refusal = { detail: 'over run_usd', hint: 'raise it', remaining_micro_usd: 1 };
    return { result: 'refused', code: 'over_cap', ...refusal };
  };
  const output_format = { type: 'json_schema', schema: { description: LONG } };
  await askModel(fixture, { ...CALL, messages: [{ role: 'user', content: LONG }], output_format });
  expect(asked.at(-1)).toBeGreaterThan(LONG.length + 100);
  expect(asked.at(-1)).toBeLessThan(LONG.length + 1_000);
  await fixture.close();
});

describe('a limit of the output under another name', () => {
  it.each<[Request, OpenAiRoute, number]>([
    [{ max_output_tokens: 10, max_tokens: 9_000 }, 'responses', 9_000],
    [{ max_tokens: 10 }, 'responses', 128_000],
    [{ max_tokens: 10, max_output_tokens: 9_000 }, 'chat/completions', 9_000],
    [{ max_output_tokens: 10 }, 'chat/completions', 128_000],
  ])('%j on %s bounds it by %d', (request, route, most) => {
    expect(bounded(openai(request, route)).outputTokens).toBe(most);
  });

  it.each(['max_completion_tokens', 'max_output_tokens', 'max_tokens_to_sample'])(
    '(%s) is refused in Messages',
    (name) => {
      expect(messages({ [name]: 90_000 })).toMatchObject({ result: 'refused' });
    },
  );
});

it.each<Request>([
  { provider: { order: ['dearer'] } },
  { preset: 'mine' },
  { extra_body: { n: 4 } },
  { extra_headers: { 'x-tier': 'priority' } },
  { api_base: 'https://elsewhere.example' },
  { base_url: 'https://elsewhere.example' },
  { num_retries: 9 },
  { model_list: [] },
  { model: 'vendor/model:online' },
  { model: 'vendor/model@preset/dear' },
])('%j, which a proxy before the provider would follow, is refused', (field) => {
  for (const judged of [messages(field), openai({ input: 'hi', ...field })]) {
    expect(judged).toMatchObject({ result: 'refused', error: { status: 400 } });
  }
});

it.each([408, 499, 504, 524])(
  'an error of %i, which says that somebody stopped waiting, is booked whole',
  (status) => {
    const end = { kind: 'answered', status, isWhole: true, usage: null, isErrorDocument: true } as const;
    expect(closeCall(end)).toMatchObject({ close: 'settle', settle: { usage: null } });
    expect(closeCall({ ...end, status: 529 })).toMatchObject({ close: 'void' });
  },
);

it('a dated model that is dearer than the name that was given on has its own price', () => {
  const table = { unknownModel: 'refuse', models: SHIPPED_PRICES } as const;
  expect(knownPriceOf(table, 'gpt-4o-2024-08-06')).toMatchObject({ inputNano: 2_500, outputNano: 10_000 });
  expect(knownPriceOf(table, 'gpt-4o-2024-05-13')).toMatchObject({ inputNano: 5_000, outputNano: 15_000 });
});
