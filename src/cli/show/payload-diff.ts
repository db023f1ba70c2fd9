// What an operator's edit changes in a payload, whole, with hidden characters marked.
import { canonicalJson } from '../../core/canonical.ts';
import { diffText } from '../../core/line-diff.ts';
import { payloadText } from '../../core/payload-text.ts';
import type { Paint } from '../terminal.ts';
import { foldedRows } from './folded-rows.ts';

const GUTTER_COLUMNS = 4;
const MARKS = { same: ' ', added: '+', removed: '-' } as const;

/** As the payload is hashed: the order in which an edit wrote its fields is no change. */
function inOrder(payload: unknown): string {
  return payloadText(JSON.parse(canonicalJson(payload)));
}

export function payloadDiffText(before: unknown, after: unknown, paint: Paint, columns: number): string {
  const colour = { same: (text: string) => text, added: paint.green, removed: paint.red } as const;
  return diffText(inOrder(before), inOrder(after))
    .flatMap(({ kind, text }) =>
      foldedRows(text, { columns: columns - GUTTER_COLUMNS, at: 'anywhere' }, paint).map((row, index) =>
        colour[kind](`  ${index === 0 ? MARKS[kind] : '┆'} ${row}`),
      ),
    )
    .join('\n');
}
