// The difference between two texts, line by line, as short as it can be: for a person who compares what was proposed with an edit of
// it. Texts too long to compare well are shown one after the other; nothing is ever left out.

export interface DiffedLine {
  readonly kind: 'same' | 'added' | 'removed';
  readonly text: string;
}

/** Cells of the table of common lines. */
const MOST_CELLS = 4_000_000;

export function diffText(before: string, after: string): readonly DiffedLine[] {
  const [old, now] = [before.split('\n'), after.split('\n')];
  let head = 0;
  while (head < old.length && head < now.length && old[head] === now[head]) head += 1;
  let tail = 0;
  while (tail < old.length - head && tail < now.length - head && old.at(-1 - tail) === now.at(-1 - tail)) {
    tail += 1;
  }
  return [
    ...as('same', old.slice(0, head)),
    ...middle(old.slice(head, old.length - tail), now.slice(head, now.length - tail)),
    ...as('same', old.slice(old.length - tail)),
  ];
}

function as(kind: DiffedLine['kind'], lines: readonly string[]): readonly DiffedLine[] {
  return lines.map((text) => ({ kind, text }));
}

function middle(old: readonly string[], now: readonly string[]): readonly DiffedLine[] {
  const width = now.length + 1;
  if ((old.length + 1) * width > MOST_CELLS) return [...as('removed', old), ...as('added', now)];
  /** How many lines are common from here to the ends. */
  const common = new Uint32Array((old.length + 1) * width);
  const at = (i: number, j: number): number => common[i * width + j] ?? 0;
  for (let i = old.length - 1; i >= 0; i -= 1) {
    for (let j = now.length - 1; j >= 0; j -= 1) {
      common[i * width + j] = old[i] === now[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const lines: DiffedLine[] = [];
  let [i, j] = [0, 0];
  while (i < old.length || j < now.length) {
    if (i < old.length && j < now.length && old[i] === now[j]) {
      lines.push({ kind: 'same', text: old[i] ?? '' });
      i += 1;
      j += 1;
    } else if (j >= now.length || (i < old.length && at(i + 1, j) >= at(i, j + 1))) {
      lines.push({ kind: 'removed', text: old[i] ?? '' });
      i += 1;
    } else {
      lines.push({ kind: 'added', text: now[j] ?? '' });
      j += 1;
    }
  }
  return lines;
}
