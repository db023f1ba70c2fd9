import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { visiblePieces, visibleString } from '../../src/server/dashboard/client/visible-text.ts';

describe('text of an agent, made visible', () => {
  it.each([
    ['a right-to-left override', 'a\u202Eexe.gnp', 'a⟨U+202E⟩exe.gnp'],
    ['a zero-width space', 'pay\u200Bpal', 'pay⟨U+200B⟩pal'],
    ['a zero-width joiner', 'a\u200Db', 'a⟨U+200D⟩b'],
    ['NUL', 'a\0b', 'a⟨U+0000⟩b'],
    ['an escape sequence', '\u001B[31m', '⟨U+001B⟩[31m'],
    ['a C1 control', 'a\u0085b', 'a⟨U+0085⟩b'],
    ['a carriage return', 'good\rbad', 'good⟨U+000D⟩bad'],
    ['a no-break space', 'a\u00A0b', 'a⟨U+00A0⟩b'],
    ['an ideographic space', 'a\u3000b', 'a⟨U+3000⟩b'],
    ['a line separator', 'a\u2028b', 'a⟨U+2028⟩b'],
    ['a byte order mark', '\uFEFFa', '⟨U+FEFF⟩a'],
    ['a soft hyphen', 'a\u00ADb', 'a⟨U+00AD⟩b'],
    ['a Hangul filler', 'a\u3164b', 'a⟨U+3164⟩b'],
    ['a blank Braille pattern', 'a\u2800b', 'a⟨U+2800⟩b'],
    ['an invisible tag letter', 'a\u{E0041}b', 'a⟨U+E0041⟩b'],
    ['half of a surrogate pair', 'a\uD83Db', 'a⟨U+D83D⟩b'],
    ['a private-use character', 'a\uE000b', 'a⟨U+E000⟩b'],
    ['a variation selector with nothing to vary', 'a\uFE0Fb', 'a⟨U+FE0F⟩b'],
    ['a supplementary variation selector', 'a\u{E0100}b', 'a⟨U+E0100⟩b'],
  ])('marks %s', (_name, text, shown) => {
    expect(visibleString(text)).toBe(shown);
  });

  it.each([
    ['plain sentences', 'Ship 2.4, then tell the team: “done”.'],
    ['other scripts', 'Grüße, Привет, こんにちは, שלום, مرحبا'],
    ['accents written as combining marks', 'e\u0301 n\u0303'],
    ['emoji with its presentation selector', '❤\uFE0F ok'],
    ['line breaks', 'one\ntwo\n\nthree'],
    ['an indented line', `{\n${' '.repeat(40)}"a": 1\n}`],
  ])('leaves %s as they are', (_name, text) => {
    expect(visiblePieces(text)).toEqual([{ kind: 'plain', text }]);
  });

  it('counts a run of spaces or line breaks that would push the rest out of sight', () => {
    expect(visibleString(`safe${' '.repeat(500)}evil`)).toBe('safe⟨500 spaces⟩evil');
    expect(visibleString(`port = 1${' '.repeat(30)}# aligned`)).toBe(`port = 1${' '.repeat(30)}# aligned`);
    expect(visibleString(`safe${' '.repeat(41)}# evil`)).toBe('safe⟨41 spaces⟩# evil');
    expect(visibleString(`safe${'\n'.repeat(90)}evil`)).toBe('safe⟨90 line breaks⟩evil');
  });

  it('counts combining marks piled on one letter', () => {
    expect(visibleString(`a${'\u0301'.repeat(30)}b`)).toBe(
      `a${'\u0301'.repeat(4)}⟨26 more combining marks⟩b`,
    );
  });

  it('names the characters people are tricked with', () => {
    expect(visiblePieces('\u202E')).toEqual([
      { kind: 'hidden', token: '⟨U+202E⟩', name: 'right-to-left override' },
    ]);
  });

  it('never lets a control, format or foreign space character through, and drops nothing else', () => {
    const hidden = /(?! )(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Zs}]/u;
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const plain = visiblePieces(text).flatMap((piece) => (piece.kind === 'plain' ? [piece.text] : []));
        let from = 0;
        for (const part of plain) {
          const at = text.indexOf(part, from);
          if (at < from) return false;
          from = at + part.length;
        }
        return !hidden.test(visibleString(text));
      }),
      { numRuns: 500 },
    );
  });

  it('stays fast on a megabyte of hidden characters', () => {
    expect(visiblePieces('\u200B'.repeat(300_000))).toHaveLength(300_000);
    expect(visiblePieces('a'.repeat(1_000_000))).toHaveLength(1);
    expect(visiblePieces(`a${'\u0301'.repeat(300_000)}`)).toHaveLength(2);
  });
});
