// How many columns a text takes on a terminal: colours none, what is as wide as two letters two.
import { stripVTControlCharacters } from 'node:util';

const WIDE =
  /[\u1100-\u115F\u2E80-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF01-\uFF60\uFFE0-\uFFE6\u{1F000}-\u{1FAFF}\u{20000}-\u{3FFFD}]|\p{Emoji_Presentation}/u;

export function characterWidth(character: string): number {
  return WIDE.test(character) ? 2 : 1;
}

export function shownWidth(text: string): number {
  let width = 0;
  for (const character of stripVTControlCharacters(text)) width += characterWidth(character);
  return width;
}

/** Without colours: what is left of a text, with a sign that it was cut. */
export function cutToWidth(text: string, columns: number): string {
  if (shownWidth(text) <= columns) return text;
  let kept = '';
  let width = 1;
  for (const character of text) {
    width += characterWidth(character);
    if (width > columns) break;
    kept += character;
  }
  // What was cut before ends with that sign already.
  return `${kept.replace(/[\s…]+$/, '')}…`;
}
