import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatLine, splitLine } from '../../../src/core/audit/line.ts';
import { chainOf, draft } from './recorded.ts';

const sha256 = (data: string): string => createHash('sha256').update(data).digest('hex');

describe('a line of the mirror', () => {
  it('gives back the exact bytes of any event, through UTF-8 and with whatever its payload holds', () => {
    fc.assert(
      fc.property(fc.array(draft, { minLength: 1, maxLength: 3 }), (drafts) => {
        for (const sealed of chainOf(drafts)) {
          const { event, salt, payload, prevHash, hash } = sealed;
          const bytes = Buffer.from(formatLine(sealed));
          const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
          expect(splitLine(text)).toEqual({ event, salt, payload, prevHash, hash });
        }
      }),
      { seed: 1, numRuns: 600 },
    );
  });

  it('stays on one line and is one flat JSON object that says what the event says', () => {
    fc.assert(
      fc.property(draft, (each) => {
        const [sealed] = chainOf([each]);
        if (sealed === undefined) throw new Error('no event');
        const line = formatLine(sealed);
        expect(line).not.toMatch(/[\n\r]/);
        const { salt, payload, prev_hash, hash, ...event } = JSON.parse(line) as Record<string, unknown>;
        expect(event).toEqual(JSON.parse(sealed.event));
        expect(payload).toEqual(JSON.parse(sealed.payload));
        expect([salt, prev_hash, hash]).toEqual([sealed.salt, sealed.prevHash, sealed.hash]);
      }),
      { seed: 2, numRuns: 400 },
    );
  });

  it('can be checked by hand: the hashes are SHA-256 over the texts as they stand', () => {
    const [sealed] = chainOf([
      { eventType: 'x', actor: { kind: 'server', id: null }, payload: { a: 'ü', b: [1, null] } },
    ]);
    if (sealed === undefined) throw new Error('no event');
    expect(sealed.hash).toBe(sha256('0'.repeat(64) + sealed.event));
    expect(JSON.parse(sealed.event)).toMatchObject({ payload_hash: sha256(sealed.salt + sealed.payload) });
  });

  it('keeps the place of a purged payload, and takes salt and payload together or not at all', () => {
    const [sealed] = chainOf([{ eventType: 'x', actor: { kind: 'server', id: null }, payload: {} }]);
    if (sealed === undefined) throw new Error('no event');
    const { event, prevHash, hash } = sealed;
    const purged = { event, prevHash, hash, salt: null, payload: null };
    expect(splitLine(formatLine(purged))).toEqual(purged);
    expect(splitLine(formatLine({ ...sealed, payload: null }))).toBeNull();
    expect(splitLine(formatLine({ ...sealed, salt: null }))).toBeNull();
  });

  it.each(['', '{}', 'null', '{"v":1,"salt":null}', `${'x'.repeat(300)}`])(
    'is not read out of %j',
    (line) => {
      expect(splitLine(line)).toBeNull();
    },
  );
});
