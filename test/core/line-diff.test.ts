import { array, assert, constantFrom, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { diffText } from '../../src/core/line-diff.ts';
import { seeded } from '../counts.ts';

const lines = array(constantFrom('a', 'b', 'c', ''), { maxLength: 12 });
const of = (diff: ReturnType<typeof diffText>, kinds: readonly string[]): string =>
  diff
    .filter(({ kind }) => kinds.includes(kind))
    .map(({ text }) => text)
    .join('\n');

describe('the difference of two texts', () => {
  it('holds both of them whole, in order', () => {
    assert(
      property(lines, lines, (old, now) => {
        const [before, after] = [old.join('\n'), now.join('\n')];
        const diff = diffText(before, after);
        expect(of(diff, ['same', 'removed'])).toBe(before);
        expect(of(diff, ['same', 'added'])).toBe(after);
      }),
      seeded(7, 300, 20_000),
    );
  });

  it('marks only what changed', () => {
    expect(diffText('{\n "a": 1,\n "b": 2\n}', '{\n "a": 1,\n "b": 3\n}')).toEqual([
      { kind: 'same', text: '{' },
      { kind: 'same', text: ' "a": 1,' },
      { kind: 'removed', text: ' "b": 2' },
      { kind: 'added', text: ' "b": 3' },
      { kind: 'same', text: '}' },
    ]);
  });

  it('leaves nothing out of texts that are too long to compare', () => {
    const many = (word: string): string => Array.from({ length: 5_000 }, (_, n) => `${word}${n}`).join('\n');
    const diff = diffText(many('a'), many('b'));
    expect(of(diff, ['removed'])).toBe(many('a'));
    expect(of(diff, ['added'])).toBe(many('b'));
  });
});
