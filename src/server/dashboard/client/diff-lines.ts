// Sorts the lines of a unified difference by what they are, for colouring and for counting.

export type DiffLineKind = 'added' | 'removed' | 'place' | 'same';

export interface DiffLine {
  readonly kind: DiffLineKind;
  readonly text: string;
}

/** From the first place on: the names before it stand above already. A changed line is never left out, whatever it begins with. */
export function diffLines(diff: string): readonly DiffLine[] {
  const lines = diff.replace(/\n$/, '').split('\n');
  const first = lines.findIndex((text) => text.startsWith('@@'));
  return lines.slice(Math.max(0, first)).map((text) => ({ kind: kindOf(text), text }));
}

function kindOf(text: string): DiffLineKind {
  if (text.startsWith('@@') || text.startsWith('\\ ')) return 'place';
  if (text.startsWith('+')) return 'added';
  if (text.startsWith('-')) return 'removed';
  return 'same';
}
