import { afterEach, describe, expect, it } from 'vitest';
import type { WireReserve, WireReserved } from '../../src/server/wire/run.ts';
import { sse, streamEvents } from '../fixtures/provider.ts';
import {
  ask,
  askModel,
  CALL,
  type GatewayFixture,
  openFixture,
  PLAIN_USAGE,
  until,
} from './gateway-fixture.ts';

let f: GatewayFixture;
afterEach(() => f.close());

const QUICK = { firstSignMs: 40, everyMs: 40 };
const STREAMED = { ...CALL, stream: true };
const PING = 'event: ping\ndata: {"type":"ping"}\n\n';

const refused = (code: string): WireReserved => ({
  result: 'refused',
  code,
  detail: code === 'over_cap' ? 'over run_usd: asks for up to $0.81' : 'the run is paused',
  hint: 'raise it with `governed-agents budget raise noop --tier run --usd X`',
  remaining_micro_usd: null,
});

/** The first call meets the cap, which pauses the run; `decide` says how it goes on. */
function atCap(decide: () => WireReserved | null): void {
  let asked = 0;
  f.server.reserve = ({ tentative }: WireReserve) => {
    if (tentative === true) return refused('over_cap');
    asked += 1;
    if (asked === 1) return refused('over_cap');
    return decide() ?? refused('paused');
  };
}

function askOpenAi(path: string, body: unknown): ReturnType<typeof ask> {
  const url = `${f.gateway.url}/openai/v1/${path}`;
  const headers = { 'content-type': 'application/json' };
  return ask(url, { method: 'POST', headers, body: JSON.stringify(body) });
}

describe('a streamed call of a run that waits for a person', () => {
  it('is kept alive with pings, and goes out once when the cap was raised', async () => {
    f = await openFixture({ holdTimes: QUICK });
    f.reply = () => ({ kind: 'stream', usage: PLAIN_USAGE, words: ['hello'] });
    let isRaised = false;
    const given: WireReserved = { result: 'reserved', reservation_id: 'rsv_late', reserved_micro_usd: 5 };
    atCap(() => (isRaised ? given : null));
    let seen = '';
    const answer = askModel(f, STREAMED, { onData: (chunk) => (seen += chunk.toString()) });
    await until(() => seen.split(PING).length > 3, 'three pings came');
    expect(f.provider.calls).toHaveLength(0);
    isRaised = true;
    const { status, text, isWhole } = await answer;
    expect([status, isWhole, f.provider.calls.length]).toEqual([200, true, 1]);
    expect(text.replaceAll(PING, '')).toBe(
      streamEvents('claude-x', PLAIN_USAGE, ['hello']).join('').replaceAll(PING, ''),
    );
    await until(() => f.server.closed.length === 1, 'it was settled');
    expect(f.server.closed[0]).toMatchObject({ reservationId: 'rsv_late', how: 'settled' });
  });

  it('is refused with the status that stops the agent when that is decided before the first ping', async () => {
    f = await openFixture();
    atCap(() => refused('over_cap'));
    const { status, text } = await askModel(f, STREAMED);
    expect([status, text]).toEqual([402, expect.stringContaining('over run_usd') as string]);
  });

  it('says what ended its run, not only that it has ended', async () => {
    f = await openFixture();
    atCap(() => refused('run_ended'));
    const { status, text } = await askModel(f, STREAMED);
    expect([status, text]).toEqual([402, expect.stringContaining('over run_usd') as string]);
  });

  it('is refused in the stream, in the form of its provider, when it was held open', async () => {
    f = await openFixture({ holdTimes: QUICK });
    let isOver = false;
    const decide = (): WireReserved | null => (isOver ? refused('run_ended') : null);
    const held = async (
      call: (onData: (chunk: Buffer) => void) => ReturnType<typeof ask>,
    ): Promise<string> => {
      isOver = false;
      atCap(decide);
      const before = f.server.seen.length;
      const answer = call(() => undefined);
      await until(() => f.server.seen.length > before + 2, 'it was paused');
      isOver = true;
      const { status, text, isWhole } = await answer;
      expect([status, isWhole]).toEqual([200, true]);
      return text;
    };
    const input = { model: 'gpt-x', stream: true, max_output_tokens: 5, input: 'hi' };
    expect(await held(() => askModel(f, STREAMED))).toMatch(
      /^(event: ping\n.*\n\n)+event: error\ndata: \{"type":"error","error":\{"type":"permission_error"/,
    );
    expect(await held(() => askOpenAi('responses', input))).toMatch(
      /^(event: keepalive\n.*\n\n)+event: response\.failed\ndata: \{.*"code":"invalid_prompt"/,
    );
    const chat = { model: 'gpt-x', stream: true, max_tokens: 5, messages: [] };
    expect(await held(() => askOpenAi('chat/completions', chat))).toMatch(
      /^(: keep-alive\n\n)+data: \{"error":\{"message":"the run is paused/,
    );
    expect(f.provider.calls).toHaveLength(0);
  });

  it('is told in the stream what the provider answered instead of one', async () => {
    f = await openFixture({ holdTimes: QUICK });
    f.reply = () => ({ kind: 'error', status: 429, type: 'rate_limit_error', message: 'slow down' });
    f.gate.pause();
    let seen = '';
    const answer = askModel(f, STREAMED, { onData: (chunk) => (seen += chunk.toString()) });
    await until(() => seen.includes(PING), 'a ping came');
    f.gate.resume();
    const { text, isWhole } = await answer;
    expect(isWhole).toBe(true);
    expect(text.replaceAll(PING, '')).toBe(
      sse({
        type: 'error',
        error: { type: 'api_error', message: 'the model provider answered 429: slow down' },
      }),
    );
    await until(() => f.server.closed.length === 1, 'it was closed');
    expect(f.server.closed[0]).toMatchObject({ how: 'void' });
  });

  it('waits again when what it was raised to is not enough, whoever heard of the pause first', async () => {
    f = await openFixture({ holdTimes: QUICK });
    f.reply = () => ({ kind: 'stream', usage: PLAIN_USAGE });
    let asked = 0;
    f.server.reserve = ({ tentative }) => {
      if (tentative === true) return refused('over_cap');
      asked += 1;
      // The runner hears of the pause at once, so that the call stands at its gate before it asks again.
      if (asked <= 2) {
        f.gate.pause();
        setTimeout(() => f.gate.resume(), 120);
        return refused('over_cap');
      }
      return { result: 'reserved', reservation_id: 'rsv_third', reserved_micro_usd: 5 };
    };
    const { status, isWhole } = await askModel(f, STREAMED);
    expect([status, isWhole, asked, f.provider.calls.length]).toEqual([200, true, 3, 1]);
  });

  it('reserves and sends nothing for a client that gave up while it was frozen', async () => {
    f = await openFixture({ holdTimes: QUICK });
    f.gate.pause();
    const client = new AbortController();
    let hasSign = false;
    const answer = askModel(f, STREAMED, { signal: client.signal, onData: () => (hasSign = true) });
    await until(() => hasSign, 'a ping came');
    await new Promise((resolve) => setTimeout(resolve, 200));
    f.gate.resume();
    client.abort();
    await answer;
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect([f.server.reserved.length, f.provider.calls.length]).toEqual([0, 0]);
  });
});

describe('a call without a stream', () => {
  it('waits in silence, and is answered as if nobody had waited', async () => {
    f = await openFixture({ holdTimes: QUICK });
    f.gate.pause();
    const answer = askModel(f, CALL);
    await new Promise((resolve) => setTimeout(resolve, 200));
    f.server.reserve = () => refused('no_budget');
    f.gate.resume();
    expect((await answer).status).toBe(403);
  });
});
