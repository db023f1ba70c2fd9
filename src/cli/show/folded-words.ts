// Folds a text of ours to the width of the terminal between its words, what follows indented: a terminal by itself breaks it in the middle
// of a word. A command stays in one piece, so that it can be copied.
import { shownWidth } from './shown-width.ts';

const WORD = /(\s*)((?:`[^`]*`|\S)+)/g;
const INDENT = 4;

export function foldedWords(text: string, columns: number, indent = INDENT): string {
  if (shownWidth(text) <= columns) return text;
  return folded(wordsOf(text), columns, indent);
}

/** The same of lines that stand already, each going on below where it begins. */
export function foldedLines(text: string, columns: number): string {
  return text
    .split('\n')
    .map((line) => foldedWords(line, columns, Math.max(INDENT, line.search(/\S|$/))))
    .join('\n');
}

/** Parts with ` · ` between them; one that is too long by itself is folded between its words. */
export function foldedParts(parts: readonly string[], columns: number, indent = INDENT): string {
  const whole = parts.join(' · ');
  if (shownWidth(whole) <= columns) return whole;
  const words = parts.flatMap((part, at) => {
    const piece = at < parts.length - 1 ? `${part} ·` : part;
    const own = indent + shownWidth(piece) <= columns ? [{ gap: '', word: piece }] : wordsOf(piece);
    return own.map(({ gap, word }, index) => ({ gap: index === 0 && at > 0 ? ' ' : gap, word }));
  });
  return folded(words, columns, indent);
}

function wordsOf(text: string): readonly Word[] {
  return [...text.matchAll(WORD)].map(([, gap = '', word = '']) => ({ gap, word }));
}

interface Word {
  /** What stands before it, unless it begins a row. */
  readonly gap: string;
  readonly word: string;
}

function folded(words: readonly Word[], columns: number, indent: number): string {
  const rows: string[] = [];
  let row = '';
  for (const { gap, word } of words) {
    const longer = `${row}${gap}${word}`;
    if (row.trim() === '' || shownWidth(longer) <= columns) {
      row = longer;
      continue;
    }
    rows.push(row);
    row = `${' '.repeat(indent)}${word}`;
  }
  return [...rows, row].join('\n');
}
