import { describe, expect, it } from 'vitest';
import { parseLinearPattern } from '../../../src/core/policy/linear-pattern.ts';

function matches(source: string, text: string): boolean | null {
  const parsed = parseLinearPattern(source);
  if (parsed.result === 'invalid') throw new Error(parsed.problem);
  return parsed.pattern.test(text);
}

describe('a regular expression', () => {
  it.each([
    ['^https://', 'https://example.com', true],
    ['^https://', 'see https://example.com', false],
    ['(?i)password', 'my PassWord', true],
    ['^\\p{Greek}+$', 'αβγ', true],
    ['a.c', 'a\nc', false],
    ['(?s)a.c', 'a\nc', true],
    ['^x$', 'x\n', false],
  ])('%s in %j: %j', (source, text, expected) => {
    expect(matches(source, text)).toBe(expected);
  });

  it.each([
    '(a',
    'a)',
    '[b-a]',
    '(?=a)',
    '(?<!a)b',
    '(a)\\1',
    'a{1001}',
    '((a{100}){100}){100}',
    'x'.repeat(1_001),
    '\\C',
  ])('is refused when it is none, or could be slow: %s', (source) => {
    expect(parseLinearPattern(source).result).toBe('invalid');
  });

  it.each(['(a+)+$', '^(a|a)*b', '(.*a){12}b', '(a?){30}a{30}b', '(x+x+)+y', '\\b(\\w+\\s?)*$'])(
    'takes no longer for a text made to slow it down: %s',
    (source) => {
      const text = `${'a'.repeat(1 << 19)}${'x'.repeat(1 << 19)}!`;
      const from = performance.now();
      matches(source, text);
      // A backtracking engine would need more than the age of the universe.
      expect(performance.now() - from).toBeLessThan(5_000);
    },
  );

  it('says nothing of a text that is too long for a pattern of its size, and searches it with a small one', () => {
    const text = 'ab'.repeat(1 << 19);
    expect(matches('[ab]*a[ab]{900}$', text)).toBeNull();
    expect(matches('[ab]*a[ab]{900}$', text.slice(0, 1_001))).toBe(true);
    expect(matches('[ab]*a[ab]{9}$', text)).toBe(true);
    expect(matches('(?i)password|secret|token', `${text}my TOKEN`)).toBe(true);
  });
});
