// Sorts the lines of a unified difference by what they are, for colouring and for counting.

export type DiffLineKind = 'added' | 'removed' | 'place' | 'same';

export interface DiffLine {
  readonly kind: DiffLineKind;
  readonly text: string;
}

export function diffLines(diff: string): readonly DiffLine[] {
  let inHunk = false;
  return diff
    .replace(/\n$/, '')
    .split('\n')
    .map((text) => {
      if (text.startsWith('@@')) inHunk = true;
      return { kind: kindOf(text, inHunk), text };
    });
}

function kindOf(text: string, inHunk: boolean): DiffLineKind {
  // Before the first hunk, `---` and `+++` name files; inside one they are a changed line that begins so.
  if (!inHunk && /^(---|\+\+\+|===|Index:|diff )/.test(text)) return 'place';
  if (text.startsWith('@@') || text.startsWith('\\ ')) return 'place';
  if (text.startsWith('+')) return 'added';
  if (text.startsWith('-')) return 'removed';
  return 'same';
}
