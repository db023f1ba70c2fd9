// Folds a text that is not ours to the width of the terminal, its hidden characters marked, so that each of its rows can stand behind a
// gutter: what a terminal folds by itself goes on where our own fields begin, and could pass for one.
import { visiblePieces } from '../../core/visible-text.ts';
import type { Paint } from '../terminal.ts';

const WIDE =
  /[\u1100-\u115F\u2E80-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF01-\uFF60\uFFE0-\uFFE6\u{1F000}-\u{1FAFF}\u{20000}-\u{3FFFD}]|\p{Emoji_Presentation}/u;
/** A narrower terminal shows nothing well. */
const LEAST_COLUMNS = 20;

/** At most so many columns each; the first row begins behind `used` of them. */
export function foldedRows(text: string, columns: number, paint: Paint, used = 0): readonly string[] {
  const most = Math.max(LEAST_COLUMNS, columns);
  const rows: string[] = [];
  let row = '';
  let taken = used;
  const next = (): void => {
    rows.push(row);
    row = '';
    taken = 0;
  };
  const put = (shown: string, width: number): void => {
    if (taken + width > most) next();
    row += shown;
    taken += width;
  };
  for (const piece of visiblePieces(text)) {
    if (piece.kind === 'hidden') {
      put(paint.inverse(piece.token), piece.token.length);
      continue;
    }
    for (const character of piece.text) {
      if (character === '\n') next();
      else put(character, WIDE.test(character) ? 2 : 1);
    }
  }
  rows.push(row);
  return rows;
}
