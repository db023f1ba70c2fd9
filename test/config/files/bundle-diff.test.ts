import { applyPatch } from 'diff';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeBundle } from '../../../src/config/files/bundle.ts';
import { diffBundles } from '../../../src/config/files/bundle-diff.ts';
import { bundleOf } from '../bundle-of.ts';

describe('diffBundles', () => {
  it('names what was added, removed and modified, with the lines that differ', () => {
    const before = bundleOf({ a: 'one\ntwo\n', b: 'x\n', same: 's' });
    const after = bundleOf({ a: 'one\nthree\n', c: 'y\n', same: 's' });
    const changes = diffBundles(before, after);
    expect(changes.map(({ path, change }) => [path, change])).toEqual([
      ['a', 'modified'],
      ['b', 'removed'],
      ['c', 'added'],
    ]);
    expect(changes[0]?.diff).toContain('-two\n+three\n');
    expect(changes[1]?.diff).toContain('+++ /dev/null');
    expect(changes[2]?.diff).toContain('+y');
  });

  it('shows everything as added before anything is in force', () => {
    expect(diffBundles(null, bundleOf({ a: '1' }))).toMatchObject([{ path: 'a', change: 'added' }]);
  });

  it('says when a file becomes executable, even with the same content', () => {
    const diff = diffBundles(bundleOf({ a: 'x' }), bundleOf({ a: 'x' }, ['a']));
    expect(diff).toEqual([{ path: 'a', change: 'modified', diff: 'now executable\n' }]);
  });

  it('says that a file is binary instead of showing it', () => {
    const bundle = makeBundle([['a', { bytes: Buffer.from([0, 255]), mode: 0 }]]);
    expect(diffBundles(null, bundle)[0]?.diff).toBe('binary file: nothing before, 2 bytes now\n');
  });

  it('shows both texts when they have too little in common to compare', () => {
    const lines = (mark: string): string =>
      Array.from({ length: 5_000 }, (_, index) => `${mark}${index}\n`).join('');
    const [change] = diffBundles(bundleOf({ a: lines('x') }), bundleOf({ a: lines('y') }));
    expect(change?.diff).toContain('-x4999\n+y0\n');
  });

  it('gives a difference that turns the old text into the new one', () => {
    const text = fc.array(fc.constantFrom('a', 'b', ''), { maxLength: 12 }).map((lines) => lines.join('\n'));
    fc.assert(
      fc.property(text, text, (before, after) => {
        fc.pre(before !== after);
        const [change] = diffBundles(bundleOf({ f: before }), bundleOf({ f: after }));
        expect(applyPatch(before, change?.diff ?? '')).toBe(after);
      }),
    );
  });
});
