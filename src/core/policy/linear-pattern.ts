// Regular expressions that no text can make slow: RE2's syntax and its linear time. What RE2 can't promise (back-references,
// look-around, huge repetitions) is refused when the pattern is read.
import { RE2JS, RE2JSException } from 're2js';

export interface LinearPattern {
  readonly source: string;
  /** Whether any part of the text matches; null when so long a text would take a pattern of this size too long. */
  test(text: string): boolean | null;
}

export type ParsedPattern =
  | { readonly result: 'pattern'; readonly pattern: LinearPattern }
  | { readonly result: 'invalid'; readonly problem: string };

const LONGEST_SOURCE = 1_000;
/** Instructions of the compiled pattern: time a character is at most in proportion to it. */
const LARGEST_PROGRAM = 2_500;
/** Instructions times characters: linear time is still a second for a large pattern over a megabyte, and nobody else is answered meanwhile. */
const MOST_STEPS = 100_000_000;

export function parseLinearPattern(source: string): ParsedPattern {
  if (source.length > LONGEST_SOURCE) return invalid(`it is longer than ${LONGEST_SOURCE} characters`);
  try {
    const compiled = RE2JS.compile(source);
    const size = compiled.programSize();
    if (size > LARGEST_PROGRAM) return invalid('it repeats too much');
    const test = (text: string): boolean | null =>
      text.length * size > MOST_STEPS ? null : compiled.test(text);
    return { result: 'pattern', pattern: { source, test } };
  } catch (cause) {
    if (!(cause instanceof RE2JSException)) throw cause;
    return invalid(cause.message.replace(/^error parsing regexp: /, ''));
  }
}

function invalid(problem: string): ParsedPattern {
  return { result: 'invalid', problem };
}
