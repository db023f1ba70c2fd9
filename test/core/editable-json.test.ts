import { assert, jsonValue, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { editableJson, visiblePieces } from '../../src/core/visible-text.ts';
import { seeded } from '../counts.ts';

describe('a payload as a person edits it', () => {
  it('shows what could not be seen, or would be drawn in another order', () => {
    const text = editableJson({ name: 'Hi \u202Etxt.exe\u202C\u200b', 'k\u00a0': '\u{E0041}' });
    expect(text).toContain(String.raw`Hi \u202etxt.exe\u202c\u200b`);
    expect(text).toContain(String.raw`"k\u00a0": "\udb40\udc41"`);
    expect(visiblePieces(text).every(({ kind }) => kind === 'plain')).toBe(true);
  });

  it('says exactly the same as the payload', () => {
    const anyText = jsonValue({ noUnicodeString: false, maxDepth: 3 });
    assert(
      property(anyText, (value) => {
        expect(JSON.parse(editableJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
      seeded(3, 300, 20_000),
    );
  });
});
