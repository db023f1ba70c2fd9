import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { visibleIndented, visibleLine } from '../../src/core/visible-text.ts';

/** What a terminal, or who reads a log, takes for the end of a line. */
const ENDS_LINE = /[\n\r\v\f\u0085\u2028\u2029]/u;

describe('text inside a line of ours', () => {
  it.each([
    ['a line break', 'gpt-5\n✓ succeeded', 'gpt-5⟨U+000A⟩✓ succeeded'],
    ['several', 'a\n\nb', 'a⟨U+000A⟩⟨U+000A⟩b'],
    ['many', `a${'\n'.repeat(9)}b`, 'a⟨9 line breaks⟩b'],
    ['those of other systems', 'a\r\nb\u2028c\u0085d', 'a⟨U+000D⟩⟨U+000A⟩b⟨U+2028⟩c⟨U+0085⟩d'],
  ])('shows %s', (_name, text, shown) => {
    expect(visibleLine(text)).toBe(shown);
  });

  it('stays one line whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => !ENDS_LINE.test(visibleLine(text))),
      { numRuns: 500 },
    );
  });
});

it('may have lines of its own where none of them begins where ours do', () => {
  expect(visibleIndented('taken:\n- a\r\n  hint: b')).toBe('taken:\n    - a⟨U+000D⟩\n      hint: b');
});
