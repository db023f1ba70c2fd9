// Plain aligned tables without lines, coloured where the terminal has colour; a pipe gets the same columns. On a terminal too narrow for all of
// them, columns that can be done without are left out whole, so that no row breaks.
import Table from 'cli-table3';
import type { Paint } from '../terminal.ts';
import { shownWidth } from './shown-width.ts';

export interface Column {
  readonly title: string;
  readonly align?: 'left' | 'right';
  /** May be left out where there is no room: the lowest are kept first. Without it, the column stays. */
  readonly spare?: number;
}

/** A column of figures. */
export function right(title: string, spare?: number): Column {
  return { title, align: 'right', ...(spare === undefined ? {} : { spare }) };
}

const BARE = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  ',
} as const;

/** Between two columns. */
const GAP = BARE.middle.length;

/** `width` in characters: of the terminal, or without end. */
export function tableText(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  paint: Paint,
  width = Number.POSITIVE_INFINITY,
): string {
  const kept = fitting(columns, rows, width);
  const table = new Table({
    head: kept.map((index) => paint.dim(columns[index]?.title ?? '')),
    colAligns: kept.map((index) => columns[index]?.align ?? 'left'),
    chars: { ...BARE },
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  });
  for (const row of rows) table.push(kept.map((index) => row[index] ?? ''));
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

/** The columns that are shown, by their index: those that stay, then as many of the others as fit. */
function fitting(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  width: number,
): readonly number[] {
  const all = columns.map((_, index) => index);
  if (!Number.isFinite(width)) return all;
  const widths = columns.map(({ title }, index) =>
    rows.reduce((most, row) => Math.max(most, shownWidth(row[index] ?? '')), title.length),
  );
  const isKept = columns.map(({ spare }) => spare === undefined);
  const spare = all
    .filter((index) => isKept[index] === false)
    .sort((a, b) => (columns[a]?.spare ?? 0) - (columns[b]?.spare ?? 0));
  let used = all.reduce(
    (sum, index) => sum + (isKept[index] === true ? (widths[index] ?? 0) + GAP : 0),
    -GAP,
  );
  for (const index of spare) {
    const more = (widths[index] ?? 0) + GAP;
    if (used + more > width) continue;
    isKept[index] = true;
    used += more;
  }
  return all.filter((index) => isKept[index] === true);
}
