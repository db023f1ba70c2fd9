// Folds a text that is not ours to the width of the terminal, its hidden characters marked, so that each of its rows can stand behind a
// gutter: what a terminal folds by itself goes on where our own fields begin, and could pass for one.
import { visiblePieces } from '../../core/visible-text.ts';
import type { Paint } from '../terminal.ts';
import { characterWidth } from './shown-width.ts';

/** A narrower terminal shows nothing well. */
const LEAST_COLUMNS = 20;

export interface Folding {
  readonly columns: number;
  /** The first row begins behind so many. */
  readonly used?: number;
  /** Between words, where they fit, as sentences are read; anywhere for what is data. */
  readonly at: 'words' | 'anywhere';
}

interface Piece {
  readonly shown: string;
  readonly width: number;
  readonly isBlank: boolean;
}

export function foldedRows(
  text: string,
  { columns, used = 0, at }: Folding,
  paint: Paint,
): readonly string[] {
  const most = Math.max(LEAST_COLUMNS, columns);
  const rows: string[] = [];
  let row: Piece[] = [];
  let taken = used;
  const next = (carried: Piece[] = []): void => {
    rows.push(row.map(({ shown }) => shown).join(''));
    row = carried;
    taken = carried.reduce((sum, { width }) => sum + width, 0);
  };
  const put = (piece: Piece): void => {
    while (taken + piece.width > most) {
      if (at === 'words' && piece.isBlank) {
        next();
        return;
      }
      const word = at === 'words' ? row.findLastIndex(({ isBlank }) => isBlank) + 1 : 0;
      next(word === 0 ? [] : row.splice(word));
    }
    row.push(piece);
    taken += piece.width;
  };
  for (const piece of visiblePieces(text)) {
    if (piece.kind === 'hidden') {
      put({ shown: paint.inverse(piece.token), width: piece.token.length, isBlank: false });
      continue;
    }
    for (const character of piece.text) {
      if (character === '\n') next();
      else put({ shown: character, width: characterWidth(character), isBlank: character === ' ' });
    }
  }
  next();
  return rows;
}
