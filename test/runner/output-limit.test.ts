import { afterEach, describe, expect, it } from 'vitest';
import { judgeRequest } from '../../src/runner/gateway/anthropic/judge-request.ts';
import { AS_IT_SAYS, type Judgement } from '../../src/runner/gateway/call/judged-call.ts';
import { judgeOpenAi } from '../../src/runner/gateway/openai/judge-request.ts';
import { responsesReply, saidItem } from '../fixtures/provider.ts';
import { ask, type GatewayFixture, openFixture } from './gateway-fixture.ts';

const LIMIT = 1_000;
const MESSAGES = { model: 'claude-x', max_tokens: 8_000, messages: [{ role: 'user', content: 'hi' }] };
const RESPONSES = { model: 'gpt-5.1', input: 'hello' };
const CHAT = { model: 'gpt-5.1', messages: [{ role: 'user', content: 'hello' }] };

const boundsOf = (maxOutputTokens: number | null) => ({ ...AS_IT_SAYS, maxOutputTokens });

/** What is sent, and what is reserved for its answer. */
function sentOf(judged: Judgement): { body: Record<string, unknown>; reserved: number } {
  if (judged.result === 'refused') throw new Error(judged.error.message);
  return { body: JSON.parse(judged.body.toString()), reserved: judged.outputTokens };
}

const messages = (over: object, limit: number | null = LIMIT) =>
  sentOf(judgeRequest(Buffer.from(JSON.stringify({ ...MESSAGES, ...over })), undefined, boundsOf(limit)));
const openAi = (route: 'responses' | 'chat/completions', call: object, limit: number | null = LIMIT) =>
  sentOf(judgeOpenAi(route, Buffer.from(JSON.stringify(call)), {}, boundsOf(limit)));

describe('a limit of the answer', () => {
  it('is written into a request that says none, and reserved', () => {
    expect(openAi('responses', RESPONSES)).toEqual({
      body: { ...RESPONSES, max_output_tokens: LIMIT },
      reserved: LIMIT,
    });
    expect(openAi('chat/completions', { ...CHAT, max_tokens: null })).toEqual({
      body: { ...CHAT, max_tokens: null, max_completion_tokens: LIMIT },
      reserved: LIMIT,
    });
  });

  it('takes the place of one that is longer, whatever it is called', () => {
    expect(messages({})).toEqual({ body: { ...MESSAGES, max_tokens: LIMIT }, reserved: LIMIT });
    const asked = { ...CHAT, max_tokens: 9_000, max_completion_tokens: 5_000 };
    expect(openAi('chat/completions', asked)).toEqual({
      body: { ...CHAT, max_tokens: LIMIT, max_completion_tokens: LIMIT },
      reserved: LIMIT,
    });
    // Of the other route: whether anybody goes by it is not known.
    expect(openAi('responses', { ...RESPONSES, max_tokens: 9_000 })).toEqual({
      body: { ...RESPONSES, max_tokens: LIMIT, max_output_tokens: LIMIT },
      reserved: LIMIT,
    });
  });

  it('leaves a shorter one, and a request where there is no limit, as they are', () => {
    expect(messages({ max_tokens: 50 })).toEqual({ body: { ...MESSAGES, max_tokens: 50 }, reserved: 50 });
    const short = { ...RESPONSES, max_output_tokens: 50 };
    expect(openAi('responses', short)).toEqual({ body: short, reserved: 50 });
    expect(openAi('responses', RESPONSES, null)).toEqual({ body: RESPONSES, reserved: 128_000 });
    expect(messages({}, null)).toEqual({ body: MESSAGES, reserved: 8_000 });
  });

  it('never goes below what may be thought', () => {
    const thinking = { type: 'enabled', budget_tokens: 4_000 };
    expect(messages({ thinking })).toMatchObject({ body: { max_tokens: 4_001 }, reserved: 4_001 });
    expect(messages({ thinking: { ...thinking, budget_tokens: 9_000 } })).toMatchObject({
      body: { max_tokens: 8_000 },
      reserved: 17_000,
    });
    const asked = { ...CHAT, max_tokens: 9_000, reasoning: { max_tokens: 4_000 } };
    expect(openAi('chat/completions', asked)).toMatchObject({
      body: { max_tokens: 4_001 },
      reserved: 4_001,
    });
  });
});

describe('a gateway whose agent’s answers are limited', () => {
  let f: GatewayFixture;
  afterEach(() => f.close());
  const open = async (): Promise<void> => {
    f = await openFixture({ maxOutputTokens: LIMIT });
    f.reply = () => responsesReply([saidItem('ok')], { input: 5, output: 3 });
  };
  const call = (headers: Record<string, string> = {}) =>
    ask(`${f.gateway.url}/openai/v1/responses`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: 'Bearer own-login', ...headers },
      body: JSON.stringify(RESPONSES),
    });

  it('reserves and sends the limit', async () => {
    await open();
    expect((await call()).status).toBe(200);
    expect(f.server.reserved).toMatchObject([{ output_tokens: LIMIT }]);
    expect(f.provider.calls[0]?.body).toEqual({ ...RESPONSES, max_output_tokens: LIMIT });
  });

  it('sends none to a subscription, which would refuse it, and reserves the longest answer', async () => {
    await open();
    f.key = () => ({ result: 'own' });
    expect((await call({ 'chatgpt-account-id': 'acc' })).status).toBe(200);
    expect(f.server.reserved).toMatchObject([{ output_tokens: 128_000 }]);
    expect(f.provider.calls[0]?.body).toEqual(RESPONSES);
  });
});
