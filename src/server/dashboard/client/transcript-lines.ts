// Makes lines to show out of a transcript's entries, which may hold anything, and keeps a bounded number of them.
import { cutText } from '../../../core/cut-text.ts';
import { fieldsOf } from '../../../core/json-object.ts';

export interface TranscriptPage {
  readonly items: readonly unknown[];
  readonly next_cursor: string;
  readonly ended: boolean;
}

export interface TranscriptLine {
  readonly key: number;
  readonly text: string;
  /** Not what the program printed, but what was said around it. */
  readonly isAside: boolean;
}

export const MOST_LINES = 400;
const LONGEST = 2_000;
const PRINTED = new Set(['stdout', 'stderr']);

export function transcriptLines(page: TranscriptPage): readonly Omit<TranscriptLine, 'key'>[] {
  return page.items.map((item) => {
    const { stream, text, raw } = fieldsOf(item);
    const said = typeof text === 'string' ? text : typeof raw === 'string' ? raw : JSON.stringify(item);
    const isPrinted = stream === undefined || PRINTED.has(String(stream));
    const shown = said.length > LONGEST ? `${cutText(said, LONGEST)} (${said.length} characters)` : said;
    return { text: isPrinted ? shown : `${String(stream)}: ${shown}`, isAside: !isPrinted };
  });
}

/** The newest ones, each with a key that it keeps. */
export function addLines(
  known: readonly TranscriptLine[],
  more: readonly Omit<TranscriptLine, 'key'>[],
): readonly TranscriptLine[] {
  if (more.length === 0) return known;
  const next = (known.at(-1)?.key ?? 0) + 1;
  return [...known, ...more.map((line, index) => ({ ...line, key: next + index }))].slice(-MOST_LINES);
}
