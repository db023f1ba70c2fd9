import picocolors from 'picocolors';
import { describe, expect, it } from 'vitest';
import { helpText } from '../../../src/cli/help-text.ts';
import { foldedRows } from '../../../src/cli/show/folded-rows.ts';
import { foldedLines, foldedParts, foldedWords } from '../../../src/cli/show/folded-words.ts';
import { cutToWidth, shownWidth } from '../../../src/cli/show/shown-width.ts';

const colour = picocolors.createColors(true);
const plain = picocolors.createColors(false);

describe('a text of ours', () => {
  it('is folded between its words, what follows indented, and left alone where it fits', () => {
    const text = '  undo      irreversible, the agent says';
    expect(foldedWords(text, 26, 12)).toBe('  undo      irreversible,\n            the agent says');
    expect(foldedWords(text, 40, 12)).toBe(text);
    expect(foldedWords(text, Number.POSITIVE_INFINITY, 12)).toBe(text);
  });

  it('keeps a command in one piece, so that it can be copied, though it is longer than a row', () => {
    const command = '`governed-agents budget raise noop --tier run --usd 1.30`';
    expect(foldedWords(`over run_usd; raise it with ${command} or not`, 30, 2).split('\n')).toEqual([
      'over run_usd; raise it with',
      `  ${command}`,
      '  or not',
    ]);
    expect(foldedWords(`see (${command}).`, 62, 2).split('\n')).toEqual(['see', `  (${command}).`]);
  });

  it('counts no colours, and what is as wide as two letters as two', () => {
    expect(foldedWords(`${colour.red('ab')} ${colour.dim('cd')}`, 5)).not.toContain('\n');
    expect(foldedWords('ああ いい', 8, 0)).toBe('ああ\nいい');
  });

  it('of several lines goes on below where each begins', () => {
    const text = 'error: it is not\n  hint: see what there is\n      paused because';
    expect(foldedLines(text, 16).split('\n')).toEqual([
      'error: it is not',
      '  hint: see what',
      '    there is',
      '      paused',
      '      because',
    ]);
  });

  it('of parts breaks between them, and within one only where it is too long by itself', () => {
    expect(foldedParts(['a b c', 'd e f', 'g'], 16, 2)).toBe('a b c · d e f ·\n  g');
    expect(foldedParts(['a', 'b b b b b b b', 'c'], 10, 2)).toBe('a · b b b\n  b b b b\n  · c');
    expect(foldedParts(['a', 'b'], Number.POSITIVE_INFINITY)).toBe('a · b');
  });
});

it('a sentence that is not ours is folded between its words too, whole; one word by its characters', () => {
  const text = 'refund_payment is in never_auto_approve, and so it waits';
  const rows = foldedRows(text, { columns: 24, at: 'words' }, plain);
  expect(rows).toEqual(['refund_payment is in ', 'never_auto_approve, and ', 'so it waits']);
  expect(foldedRows('a'.repeat(30), { columns: 20, at: 'words' }, plain)).toEqual([
    'a'.repeat(20),
    'a'.repeat(10),
  ]);
  expect(foldedRows(`a ${'b'.repeat(30)} c`, { columns: 20, used: 4, at: 'words' }, plain)).toEqual([
    'a ',
    'b'.repeat(20),
    `${'b'.repeat(10)} c`,
  ]);
});

it('a text that is cut keeps to its columns, and says that it was cut', () => {
  expect(cutToWidth('abcdef', 6)).toBe('abcdef');
  expect(cutToWidth('abcdef', 5)).toBe('abcd…');
  expect(cutToWidth('a bc… · d', 7)).toBe('a bc…');
  expect(shownWidth(cutToWidth('あいうえお', 6))).toBeLessThanOrEqual(6);
});

describe('the list of commands', () => {
  it.each([80, 120])('breaks no line and no word at %d columns', (width) => {
    const whole = helpText((text) => text, Number.POSITIVE_INFINITY);
    const folded = helpText((text) => text, width);
    for (const line of folded.split('\n')) expect(shownWidth(line)).toBeLessThanOrEqual(width);
    const words = (text: string) => text.split(/\s+/).filter((word) => word !== '');
    expect(words(folded)).toEqual(words(whole));
  });
});
