import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { collectorsFor } from '../../src/runner/gateway/anthropic/answer-usage.ts';
import { collectStreamUsage } from '../../src/runner/gateway/anthropic/stream-usage.ts';
import { closeCall } from '../../src/runner/gateway/call/close-call.ts';
import type { CallUsage } from '../../src/runner/gateway/call/usage-collector.ts';
import { sse, streamEvents } from '../fixtures/provider.ts';

const tokens = fc.integer({ min: 0, max: 5_000_000 });
const usages = fc.record({
  input_tokens: fc.integer({ min: 1, max: 5_000_000 }),
  output_tokens: fc.integer({ min: 1, max: 5_000_000 }),
  cache_read_input_tokens: tokens,
  cache_creation: fc.record({ ephemeral_5m_input_tokens: tokens, ephemeral_1h_input_tokens: tokens }),
});

function collect(chunks: Iterable<Buffer>): CallUsage | null {
  const collector = collectStreamUsage({ model: 'm', cacheLife: '5m' });
  for (const chunk of chunks) collector.feed(chunk);
  return collector.usage();
}

function* cutAt(bytes: Buffer, cuts: readonly number[]): Iterable<Buffer> {
  const points = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b);
  let from = 0;
  for (const point of [...points, bytes.length]) {
    yield bytes.subarray(from, point);
    from = point;
  }
}

const total = (usage: CallUsage): number =>
  usage.input_tokens +
  usage.output_tokens +
  usage.cache_read_tokens +
  usage.cache_write_5m_tokens +
  usage.cache_write_1h_tokens;

describe('the usage of a stream', () => {
  it('is the same however the bytes are cut, in the middle of characters too', () => {
    const words = fc.array(fc.string({ unit: 'grapheme' }), { maxLength: 20 });
    fc.assert(
      fc.property(usages, words, fc.array(fc.nat(), { maxLength: 40 }), (usage, said, cuts) => {
        const bytes = Buffer.from(
          streamEvents('m', usage, [...said, '"usage"', '\n\ndata: {"usage":1}']).join(''),
        );
        expect(collect(cutAt(bytes, cuts))).toEqual({
          input_tokens: usage.input_tokens,
          output_tokens: usage.output_tokens,
          cache_read_tokens: usage.cache_read_input_tokens,
          cache_write_5m_tokens: usage.cache_creation.ephemeral_5m_input_tokens,
          cache_write_1h_tokens: usage.cache_creation.ephemeral_1h_input_tokens,
        });
      }),
      { numRuns: 500, seed: 7 },
    );
  });

  it('is found byte by byte, and with carriage returns', () => {
    const text = streamEvents('m', { input_tokens: 3, output_tokens: 9 }).join('');
    for (const bytes of [Buffer.from(text), Buffer.from(text.replaceAll('\n', '\r\n'))]) {
      expect(collect([...bytes].map((byte) => Buffer.from([byte])))).toMatchObject({
        input_tokens: 3,
        output_tokens: 9,
      });
    }
  });

  it('takes the highest of cumulative reports', () => {
    const [start, ...rest] = streamEvents('m', { input_tokens: 3, output_tokens: 9 });
    const later = sse({ type: 'message_delta', delta: {}, usage: { output_tokens: 50, input_tokens: 4 } });
    expect(collect([Buffer.from([start, later, ...rest].join(''))])).toMatchObject({
      input_tokens: 4,
      output_tokens: 50,
    });
  });

  it('books cache writes that are not split at the life that was asked for', () => {
    const usage = { input_tokens: 1, output_tokens: 1, cache_creation_input_tokens: 40 };
    const collector = collectStreamUsage({ model: 'm', cacheLife: '1h' });
    collector.feed(Buffer.from(streamEvents('m', usage).join('')));
    expect(collector.usage()).toMatchObject({ cache_write_5m_tokens: 0, cache_write_1h_tokens: 40 });
  });

  it.each([
    ['negative', { output_tokens: -1 }],
    ['fractional', { output_tokens: 1.5 }],
    ['text', { output_tokens: '9' }],
    ['too large', { output_tokens: 2 ** 60 }],
    ['missing', {}],
    ['a list', []],
    ['null', null],
    ['a negative cache', { output_tokens: 9, cache_read_input_tokens: -5 }],
    ['searches, billed otherwise', { output_tokens: 9, server_tool_use: { web_search_requests: 2 } }],
  ])('is not trusted when a report is %s', (_, usage) => {
    const events = streamEvents('m', { input_tokens: 3, output_tokens: 9 }).slice(0, -2);
    const bad = sse({ type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage });
    expect(collect([Buffer.from([...events, bad].join(''))])).toBeNull();
  });

  it('is never below what was used, in 1,000 malformed or cut streams', () => {
    let judged = 0;
    let complete = 0;
    fc.assert(
      fc.property(
        usages,
        fc.nat(),
        fc.nat(255),
        fc.constantFrom('cut', 'spoil', 'drop', 'double'),
        (usage, at, byte, how) => {
          const original = Buffer.from(streamEvents('m', usage, ['some', 'words']).join(''));
          const damaged = damage(original, at % original.length, byte, how);
          const seen = collect(cutAt(damaged, [at, byte]));
          const close = closeCall({
            kind: 'answered',
            status: 200,
            isWhole: how !== 'cut',
            usage: seen,
            isErrorDocument: false,
          });
          judged += 1;
          expect(close.close).toBe('settle');
          if (close.close !== 'settle' || close.settle.usage === null) return;
          complete += 1;
          const used =
            usage.input_tokens +
            usage.output_tokens +
            usage.cache_read_input_tokens +
            usage.cache_creation.ephemeral_5m_input_tokens +
            usage.cache_creation.ephemeral_1h_input_tokens;
          expect(total(close.settle.usage)).toBeGreaterThanOrEqual(used);
        },
      ),
      { numRuns: 1_000, seed: 11 },
    );
    expect(judged).toBe(1_000);
    expect(complete).toBeGreaterThan(0);
  });

  it('is unknown for an event longer than is held', () => {
    const [start = '', ...rest] = streamEvents('m', { input_tokens: 3, output_tokens: 9 });
    const long = `data: ${'x'.repeat(9 * 1024 * 1024)}\n`;
    const chunks = [start, ...(long.match(/.{1,65536}\n?/g) ?? []), ...rest].map((part) => Buffer.from(part));
    expect(collect(chunks)).toBeNull();
  });
});

const NO_COUNTS = ['-1', '1.5', '"9"', '1e300', '{}', '[]', 'true', '', '--', '9e'];

function damage(bytes: Buffer, at: number, byte: number, how: 'cut' | 'spoil' | 'drop' | 'double'): Buffer {
  if (how === 'cut') return bytes.subarray(0, at);
  if (how === 'spoil') {
    const figures = [...bytes.toString('utf8').matchAll(/_tokens":(\d+)/g)];
    const figure = figures[at % figures.length];
    const value = NO_COUNTS[byte % NO_COUNTS.length];
    const start = (figure?.index ?? 0) + '_tokens":'.length;
    const rest = bytes.subarray(start + (figure?.[1]?.length ?? 0));
    return Buffer.concat([bytes.subarray(0, start), Buffer.from(value ?? ''), rest]);
  }
  const lines = bytes.toString('utf8').split('\n');
  const line = at % lines.length;
  lines.splice(line, 1, ...(how === 'drop' ? [] : [lines[line] ?? '', lines[line] ?? '']));
  return Buffer.from(lines.join('\n'));
}

describe('the usage of a whole answer', () => {
  const collectText = (text: string): CallUsage | null => {
    const collector = collectorsFor({ model: 'm', cacheLife: '5m' }).document();
    collector.feed(Buffer.from(text));
    return collector.usage();
  };

  it('is read from a message, and from nothing else', () => {
    const usage = { input_tokens: 1, output_tokens: 2 };
    expect(collectText(JSON.stringify({ type: 'message', usage }))).toMatchObject({
      input_tokens: 1,
      output_tokens: 2,
    });
    for (const other of [
      '',
      '{',
      'null',
      '[]',
      '3',
      '"x"',
      '{}',
      JSON.stringify({ usage }),
      '{"type":"message"}',
    ]) {
      expect([other, collectText(other)]).toEqual([other, null]);
    }
  });
});

describe('how a call is closed', () => {
  const answered = { kind: 'answered', isWhole: true, usage: null, isErrorDocument: false } as const;
  const usage = {
    input_tokens: 1,
    output_tokens: 2,
    cache_read_tokens: 0,
    cache_write_5m_tokens: 0,
    cache_write_1h_tokens: 0,
  };
  const whole = { close: 'settle', settle: { usage: null } };
  it.each([
    ['never sent', { kind: 'not_sent', why: 'not_sent' }, { close: 'void' }],
    ['sent, no answer', { kind: 'no_answer' }, whole],
    ['an error of the provider', { ...answered, status: 429, isErrorDocument: true }, { close: 'void' }],
    ['half an error', { ...answered, status: 429, isErrorDocument: true, isWhole: false }, whole],
    ['an error of somebody else', { ...answered, status: 502 }, whole],
    ['an answer without usage', { ...answered, status: 200 }, whole],
    ['a redirect', { ...answered, status: 302 }, whole],
    [
      'a cut answer whose usage was complete',
      { ...answered, status: 200, isWhole: false, usage },
      { close: 'settle', settle: { usage, outcome: 'cut' } },
    ],
    [
      'a complete answer',
      { ...answered, status: 200, usage },
      { close: 'settle', settle: { usage, outcome: 'complete' } },
    ],
  ] as const)('%s', (_, end, close) => {
    expect(closeCall(end)).toMatchObject(close);
  });
});
