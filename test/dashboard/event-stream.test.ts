import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { eventStreamReader } from '../../src/server/dashboard/client/event-stream.ts';

function readAll(pieces: readonly string[]) {
  const reader = eventStreamReader();
  return pieces.flatMap((piece) => reader.feed(piece));
}

describe('the event stream', () => {
  it('delivers a message at its blank line, with its id', () => {
    expect(readAll(['id: 7\ndata: {"seq":7}\n\n'])).toEqual([
      { id: '7', event: 'message', data: '{"seq":7}' },
    ]);
  });

  it('does not deliver what is not finished', () => {
    expect(readAll(['id: 7\ndata: x\n'])).toEqual([]);
  });

  it('skips comments and fields it does not know, and messages without data', () => {
    expect(readAll([': ping\n\n', 'retry: 9\n\n', 'id: 3\n\n', 'data: x\n\n'])).toEqual([
      { id: '3', event: 'message', data: 'x' },
    ]);
  });

  it('joins several data lines and takes off one leading space only', () => {
    expect(readAll(['data:a\ndata:  b\ndata\n\n'])[0]?.data).toBe('a\n b\n');
  });

  it('knows all three line ends, and forgets the event name after each message', () => {
    expect(readAll(['event: x\r\ndata: 1\r\n\r\n', 'data: 2\r\r', 'data: 3\n\n'])).toEqual([
      { id: '', event: 'x', data: '1' },
      { id: '', event: 'message', data: '2' },
      { id: '', event: 'message', data: '3' },
    ]);
  });

  it('reads the same whatever the pieces it arrives in', () => {
    const stream =
      '\uFEFF: hi\n\nid: 1\r\nevent: audit\r\ndata: {"a":"ü"}\r\n\r\nid: 2\ndata: x\ndata: y\n\n';
    const whole = readAll([stream]);
    expect(whole).toHaveLength(2);
    fc.assert(
      fc.property(fc.array(fc.nat(stream.length), { maxLength: 20 }), (cuts) => {
        const at = [...new Set([0, ...cuts, stream.length])].sort((a, b) => a - b);
        expect(readAll(at.slice(1).map((end, index) => stream.slice(at[index], end)))).toEqual(whole);
      }),
    );
  });
});
