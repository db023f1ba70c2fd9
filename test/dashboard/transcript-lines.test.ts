import { expect, it } from 'vitest';
import { addLines, transcriptLines } from '../../src/server/dashboard/client/transcript-lines.ts';

const pageOf = (...items: readonly unknown[]) => ({ items, next_cursor: '0', ended: false });

it('shows what a program printed as it is, what was said around it apart, and anything else too', () => {
  const lines = transcriptLines(
    pageOf(
      { ts: 't', stream: 'stdout', text: 'hello' },
      { stream: 'runner', text: 'started' },
      { raw: '{{' },
      7,
    ),
  );
  expect(lines).toEqual([
    { text: 'hello', isAside: false },
    { text: 'runner: started', isAside: true },
    { text: '{{', isAside: false },
    { text: '7', isAside: false },
  ]);
});

it('cuts a line that would fill the page, and says how long it was', () => {
  const [line] = transcriptLines(pageOf({ stream: 'stdout', text: 'x'.repeat(9_000) }));
  expect(line?.text.length).toBeLessThan(2_100);
  expect(line?.text).toContain('9000 characters');
});

it('keeps the newest lines, each under the key that it had', () => {
  const more = Array.from({ length: 399 }, (_, n) => ({ text: String(n), isAside: false }));
  const first = addLines([], more);
  const second = addLines(first, [
    { text: 'a', isAside: false },
    { text: 'b', isAside: false },
  ]);
  expect(second).toHaveLength(400);
  expect(second.at(-1)?.text).toBe('b');
  expect(second[0]).toBe(first[1]);
  expect(new Set(second.map(({ key }) => key)).size).toBe(400);
  expect(addLines(second, [])).toBe(second);
});
