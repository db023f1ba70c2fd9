import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { judgeRequest } from '../../src/runner/gateway/anthropic/judge-request.ts';
import { knownInputs } from '../../src/runner/gateway/call/known-input.ts';
import { judgeOpenAi } from '../../src/runner/gateway/openai/judge-request.ts';
import { counts, seeded } from '../counts.ts';
import { askModel, type GatewayFixture, openFixture, until } from './gateway-fixture.ts';

/** Long enough that knowing it is worth something. */
const LONG = 'lorem ipsum '.repeat(2_500);
const says = (text: string, role = 'user') => ({ role, content: text });

interface Conversation {
  readonly model?: string;
  readonly system?: unknown;
  readonly messages: readonly unknown[];
  readonly [field: string]: unknown;
}

function shapeOf(request: Conversation, betas?: string) {
  const body = JSON.stringify({ model: 'm', max_tokens: 10, ...request });
  const judged = judgeRequest(Buffer.from(body), betas);
  if (judged.result !== 'bounded') throw new Error(judged.error.message);
  return judged.shape;
}

describe('the input of a call', () => {
  it('is bounded by what was counted of the same parts, and by its bytes for the rest', () => {
    const known = knownInputs();
    const first = shapeOf({ messages: [says(LONG)] });
    expect(known.bound(first)).toBe(first.byteBound);
    known.note(first, 9_000);
    const second = shapeOf({ messages: [says(LONG), says('ok', 'assistant'), says('go on')] });
    expect(known.bound(second)).toBeLessThan(9_000 + 2_000);
    expect(known.bound(second)).toBeGreaterThan(9_000 + 'ok'.length + 'go on'.length);
  });

  it.each<[string, Conversation, string | undefined]>([
    ['another model', { model: 'other', messages: [says(LONG)] }, undefined],
    ['another beta', { messages: [says(LONG)] }, 'interleaved'],
    ['one word more in it', { messages: [says(`${LONG}x`)] }, undefined],
    ['another role', { messages: [says(LONG, 'assistant')] }, undefined],
    [
      'more in a field that looks like a cache mark',
      {
        messages: [
          { role: 'user', content: LONG, cache_control: { type: 'ephemeral', more: 'x'.repeat(9_000) } },
        ],
      },
      undefined,
    ],
    [
      'a provider that shortens it by itself',
      { messages: [says(LONG)], context_management: { edits: [{ type: 'clear_tool_uses_20250919' }] } },
      undefined,
    ],
  ])('is not taken as known with %s', (_, request, betas) => {
    const known = knownInputs();
    known.note(shapeOf({ messages: [says(LONG)] }), 9_000);
    const shape = shapeOf(request, betas);
    expect(known.bound(shape)).toBe(shape.byteBound);
  });

  it('is known whatever moved: the end of the cache, and a block of the system prompt', () => {
    const known = knownInputs();
    const marked = { type: 'text', text: LONG, cache_control: { type: 'ephemeral', ttl: '1h' } };
    known.note(shapeOf({ system: [{ type: 'text', text: 'call 1' }, marked], messages: [] }), 9_000);
    const plain = { type: 'text', text: LONG };
    const next = shapeOf({ system: [{ type: 'text', text: 'call 2' }, plain], messages: [says('hi')] });
    expect(known.bound(next)).toBeLessThan(9_000 + 2_000);
  });

  it('counts thought, and a part that is said again, by their bytes', () => {
    const known = knownInputs();
    const thought = {
      role: 'assistant',
      content: [{ type: 'thinking', thinking: LONG, signature: 's' }],
    };
    known.note(shapeOf({ messages: [says(LONG), thought] }), 9_000);
    const again = shapeOf({ messages: [says(LONG), thought, says(LONG)] });
    expect(known.bound(again)).toBeGreaterThan(2 * LONG.length);
  });

  it('of OpenAI is known by its items, but for reasoning and what may be cut', () => {
    const judge = (more: object) => {
      const input = [says(LONG), { type: 'reasoning', encrypted_content: LONG }];
      const body = JSON.stringify({ model: 'm', input, max_output_tokens: 5, ...more });
      const judged = judgeOpenAi('responses', Buffer.from(body));
      if (judged.result !== 'bounded') throw new Error(judged.error.message);
      return judged.shape;
    };
    const known = knownInputs();
    known.note(judge({}), 9_000);
    const bound = known.bound(judge({ instructions: 'now' }));
    expect([bound > 9_000 + LONG.length, bound < 9_000 + LONG.length + 2_000]).toEqual([true, true]);
    const cut = judge({ truncation: 'auto' });
    expect(known.bound(cut)).toBe(cut.byteBound);
  });

  it('of Claude Code is known in its next call, and with another limit of the output', () => {
    const fields = {
      thinking: { type: 'adaptive', display: 'updates' },
      context_management: { edits: [{ type: 'clear_thinking_20251015', keep: 'all' }] },
      output_config: { effort: 'high' },
      stream: true,
    };
    const { thinking, ...others } = fields;
    const known = knownInputs();
    known.note(shapeOf({ ...fields, metadata: { user_id: '1' }, messages: [says(LONG)] }, 'beta'), 9_000);
    const turned = { ...others, thinking: { display: thinking.display, type: thinking.type } };
    const messages = [says(LONG), says('ok', 'assistant'), says('go on')];
    const next = shapeOf({ messages, max_tokens: 64_000, metadata: { user_id: '2' }, ...turned }, 'beta');
    expect(known.bound(next)).toBeLessThan(9_000 + 2_500);
  });

  it('of Codex is known in its next call, whatever that says of the turn', () => {
    const judge = (turn: string, input: readonly unknown[]) => {
      const fields = {
        model: 'gpt-5.1',
        stream: true,
        input,
        instructions: 'You are Codex.',
        tools: [{ type: 'function', name: 'exec_command', parameters: {} }],
        tool_choice: 'auto',
        parallel_tool_calls: true,
        reasoning: { effort: 'high', summary: 'auto' },
        store: false,
        include: ['reasoning.encrypted_content'],
        text: { verbosity: 'low' },
        prompt_cache_key: turn,
        client_metadata: { turn_id: turn },
      };
      const written = turn === 'one' ? fields : Object.fromEntries(Object.entries(fields).reverse());
      const judged = judgeOpenAi('responses', Buffer.from(JSON.stringify(written)));
      if (judged.result !== 'bounded') throw new Error(judged.error.message);
      return judged.shape;
    };
    const known = knownInputs();
    known.note(judge('one', [says(LONG)]), 9_000);
    expect(known.bound(judge('two', [says(LONG), says('go on')]))).toBeLessThan(9_000 + 2_500);
  });

  it('is never bounded below what a tokenizer makes of it', { timeout: counts(30_000, 600_000) }, () => {
    // A part has any number of tokens up to its bytes, always the same; the provider adds some of its own.
    const tokensOf = (text: string): number => 1 + (Buffer.byteLength(text) * (7 + (text.length % 90))) / 100;
    const piece = fc.tuple(fc.nat(12), fc.nat(40)).map(([word, size]) => `${word} `.repeat(size * 100));
    const turn = fc.array(piece, { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(fc.array(turn, { minLength: 2, maxLength: 8 }), (requests) => {
        const known = knownInputs();
        for (const pieces of requests) {
          const messages = pieces.map((text) => says(text));
          const real = Math.ceil(
            messages.reduce((sum, message) => sum + tokensOf(JSON.stringify(message)), 0) + 500,
          );
          const shape = shapeOf({ messages });
          expect(known.bound(shape)).toBeGreaterThanOrEqual(real);
          known.note(shape, real);
        }
      }),
      seeded(20_261_121, 200, 20_000),
    );
  });
});

describe('a gateway', () => {
  let f: GatewayFixture;
  afterEach(() => f.close());

  it('reserves for the next turn of a conversation what the provider counted of the last', async () => {
    f = await openFixture();
    const usage = { input_tokens: 1_000, output_tokens: 5, cache_read_input_tokens: 8_000 };
    f.reply = () => ({ kind: 'message', usage });
    const call = { model: 'claude-x', max_tokens: 100 };
    await askModel(f, { ...call, messages: [says(LONG)] });
    await until(() => f.server.closed.length === 1, 'it was settled');
    // What the bytes of the next turn would take is more than is left.
    f.server.reserve = ({ input_tokens: tokens }) =>
      tokens < 12_000
        ? { result: 'reserved', reservation_id: 'rsv_2', reserved_micro_usd: 1 }
        : { result: 'refused', code: 'over_cap', detail: '', hint: '', remaining_micro_usd: null };
    await askModel(f, { ...call, messages: [says(LONG), says('ok', 'assistant'), says('on')] });
    expect(f.provider.counted.asked).toBe(0);
    const [first, second] = f.server.reserved.map(({ input_tokens: tokens }) => tokens);
    expect(first).toBeGreaterThan(LONG.length);
    expect(second).toBeLessThan(9_000 + 2_000);
    expect(second).toBeGreaterThan(9_000);
  });
});
