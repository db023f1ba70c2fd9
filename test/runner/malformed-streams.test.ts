import type { ServerResponse } from 'node:http';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { costOf } from '../../src/core/ledger/price.ts';
import type { WireSettle } from '../../src/server/wire/run.ts';
import { counts, isProving } from '../counts.ts';
import { sse, streamEvents } from '../fixtures/provider.ts';
import { ask, askModel, CALL, type GatewayFixture, openFixture, until } from './gateway-fixture.ts';

const STREAMS = counts(120, 1_000);
/** What each call really cost; none of its parts is 0, so that none can be lost unseen. */
const BILL = { input: 1_200, read: 3_000, written: 700, output: 450 } as const;

let f: GatewayFixture;
beforeAll(async () => {
  f = await openFixture();
});
afterAll(() => f.close());

let state = 20_261_121;
function draw(below: number): number {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return Math.floor((state / 2 ** 32) * below);
}
const oneOf = <T>(values: readonly T[]): T => {
  const value = values[draw(values.length)];
  if (value === undefined) throw new Error('nothing to choose from');
  return value;
};

const ANTHROPIC = streamEvents(
  'm',
  {
    input_tokens: BILL.input,
    output_tokens: BILL.output,
    cache_read_input_tokens: BILL.read,
    cache_creation_input_tokens: BILL.written,
  },
  ['one "usage": {}', 'two\ndata: {"usage"', 'three'],
);
const RESPONSES = [
  sse({ type: 'response.created', response: { id: 'r', status: 'in_progress', usage: null } }),
  sse({ type: 'response.output_text.delta', delta: 'said "usage"' }),
  sse({
    type: 'response.completed',
    response: {
      id: 'r',
      status: 'completed',
      usage: {
        input_tokens: BILL.input + BILL.read + BILL.written,
        input_tokens_details: { cached_tokens: BILL.read, cache_write_tokens: BILL.written },
        output_tokens: BILL.output,
      },
    },
  }),
];
const CHAT = [
  `data: ${JSON.stringify({ choices: [{ delta: { content: 'said "prompt_tokens"' } }], usage: null })}\n\n`,
  `data: ${JSON.stringify({
    choices: [],
    usage: {
      prompt_tokens: BILL.input + BILL.read + BILL.written,
      prompt_tokens_details: { cached_tokens: BILL.read, cache_write_tokens: BILL.written },
      completion_tokens: BILL.output,
    },
  })}\n\n`,
  'data: [DONE]\n\n',
];

const NUMBER = /"(\w*tokens)":(\d+)/g;
const NONSENSE = ['-1', '0.5', '1e400', '"12"', 'null', '[]', '{}', 'true', '99999999999999999999', '+5', ''];

/** One thing is wrong with it; what is reported stays as high as it is, or makes no sense. */
function spoil(events: readonly string[]): string {
  const whole = events.join('');
  const how = draw(8);
  if (how === 0) return whole.slice(0, draw(whole.length));
  if (how === 1) return events.toSpliced(draw(events.length), 1).join('');
  if (how === 2) return events.toSpliced(draw(events.length + 1), 0, oneOf(events)).join('');
  if (how === 3) return [...events].sort(() => draw(3) - 1).join('');
  if (how === 4) return whole.replaceAll('\n', oneOf(['\r\n', '\n\n', '', '\u2028']));
  if (how === 5) {
    const at = draw(whole.length);
    // A digit that is gone, or a name that is another one, makes another report of it and not a broken one.
    if (/\d/.test(whole[at] ?? '') || isInName(whole, at)) return whole.slice(0, at);
    return whole.slice(0, at) + oneOf(['', '\0', '}', '"', '\ufffd']) + whole.slice(at + 1);
  }
  const target = draw([...whole.matchAll(NUMBER)].length);
  let n = -1;
  return whole.replace(NUMBER, (report, name: string) => {
    n += 1;
    if (n !== target) return report;
    // That a provider has nothing to say of caches is no fault.
    if (/cache/.test(name)) return `"${name}":${oneOf(NONSENSE.filter((value) => value !== 'null'))}`;
    return how === 6 ? `"${name}":${oneOf(NONSENSE)}` : `"${name}x":1`;
  });
}

function isInName(text: string, at: number): boolean {
  return [...text.matchAll(/\w*(?:cache|details)\w*/g)].some(
    ({ 0: name, index }) => at >= index && at < index + name.length,
  );
}

async function send(text: string, response: ServerResponse): Promise<void> {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  const bytes = Buffer.from(text);
  const size = 1 + draw(200);
  for (let at = 0; at < bytes.length; at += size) {
    await new Promise<void>((done) => response.write(bytes.subarray(at, at + size), () => done()));
  }
  if (draw(2) === 0) response.end();
  else response.destroy();
}

const PRICE = {
  inputNano: 1_000,
  outputNano: 5_000,
  cacheReadNano: 100,
  cacheWrite5mNano: 1_250,
  cacheWrite1hNano: 2_000,
};

/** In micro-dollars, at Anthropic's relations. */
function costOfUsage(usage: NonNullable<WireSettle['usage']>): number {
  return costOf(PRICE, {
    inputTokens: usage.input_tokens,
    outputTokens: usage.output_tokens,
    cacheReadTokens: usage.cache_read_tokens,
    cacheWrite5mTokens: usage.cache_write_5m_tokens,
    cacheWrite1hTokens: usage.cache_write_1h_tokens,
  });
}

const DUE = costOfUsage({
  input_tokens: BILL.input,
  output_tokens: BILL.output,
  cache_read_tokens: BILL.read,
  cache_write_5m_tokens: BILL.written,
  cache_write_1h_tokens: 0,
});

function isUnder({ usage }: WireSettle): boolean {
  return usage !== null && costOfUsage(usage) < DUE;
}

it(`${STREAMS} malformed or cut streams: none is booked below what it cost`, {
  timeout: counts(60_000, 600_000),
}, async () => {
  const under: string[] = [];
  let whole = 0;
  for (let n = 0; n < STREAMS; n += 1) {
    const [events, path] = oneOf([
      [ANTHROPIC, null],
      [RESPONSES, 'responses'],
      [CHAT, 'chat/completions'],
    ] as const);
    const text = spoil(events);
    const usage = { input_tokens: BILL.input, output_tokens: BILL.output };
    f.reply = () => ({ kind: 'raw', usage, send: (response) => void send(text, response) });
    const before = f.server.closed.length;
    const said = path === 'responses' ? { input: 'hi' } : { messages: [] };
    const call = { model: 'm', max_tokens: 1_000, stream: true, ...said };
    await (path === null ? askModel(f, { ...CALL, stream: true }) : askPath(path, call));
    await until(() => f.server.closed.length > before, `call ${n} was closed`);
    const closed = f.server.closed.at(-1);
    if (closed?.how !== 'settled' || closed.settle === null || isUnder(closed.settle)) {
      under.push(`${JSON.stringify(closed)}\n${text}`);
    }
    if (closed?.settle?.usage === null) whole += 1;
  }
  expect(under).toEqual([]);
  // It says little if nearly all of them were still well-formed.
  expect(whole).toBeGreaterThan(STREAMS / 3);
  if (isProving) {
    process.stderr.write(`${STREAMS} streams, ${whole} booked whole, ${under.length} undercharged\n`);
  }
});

function askPath(path: string, body: unknown): ReturnType<typeof ask> {
  const headers = { 'content-type': 'application/json' };
  return ask(`${f.gateway.url}/openai/v1/${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
}
