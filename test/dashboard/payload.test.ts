import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { payloadHash } from '../../src/core/canonical.ts';
import { checkPayloadHash } from '../../src/server/dashboard/client/canonical-hash.ts';
import { payloadText, textSize } from '../../src/server/dashboard/client/payload-text.ts';
import { visibleString } from '../../src/server/dashboard/client/visible-text.ts';

describe('the payload on screen', () => {
  it('is the whole of it, indented', () => {
    expect(payloadText({ a: [1, 'x'] })).toBe('{\n  "a": [\n    1,\n    "x"\n  ]\n}');
    expect([null, undefined, 'x', 1].map(payloadText)).toEqual(['null', 'null', '"x"', '1']);
  });

  it('marks what JSON would have escaped, and tells it from text that only looks like an escape', () => {
    expect(visibleString(payloadText('\0'))).toBe('"⟨U+0000⟩"');
    expect(visibleString(payloadText('\\u0000'))).toBe('"\\\\u0000"');
    expect(visibleString(payloadText('\\\0'))).toBe('"\\\\⟨U+0000⟩"');
    expect(visibleString(payloadText('\uD800'))).toBe('"⟨U+D800⟩"');
  });

  it('keeps a line break in a value on its line', () => {
    expect(payloadText('a\n  "b": 1')).toBe('"a\\n  \\"b\\": 1"');
  });

  it('is measured in lines and in UTF-8 bytes', () => {
    expect(textSize('a\nü')).toEqual({ lines: 2, bytes: 4 });
  });
});

describe('the hash recomputed in the browser', () => {
  it('is the one the gate computes, for any JSON', async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), async (value) => {
        const payload: unknown = JSON.parse(JSON.stringify(value));
        expect(await checkPayloadHash(payload, payloadHash(payload))).toBe('matches');
      }),
    );
  });

  it('does not match another payload', async () => {
    expect(await checkPayloadHash({ amount: 100 }, payloadHash({ amount: 10 }))).toBe('differs');
  });
});
