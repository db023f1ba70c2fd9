// What an operator's edit changes in a payload, whole, with hidden characters marked.
import { canonicalJson } from '../../core/canonical.ts';
import { diffText } from '../../core/line-diff.ts';
import { payloadText } from '../../core/payload-text.ts';
import { visibleString } from '../../core/visible-text.ts';
import type { Paint } from '../terminal.ts';

const MARKS = { same: ' ', added: '+', removed: '-' } as const;

/** As the payload is hashed: the order in which an edit wrote its fields is no change. */
function inOrder(payload: unknown): string {
  return payloadText(JSON.parse(canonicalJson(payload)));
}

export function payloadDiffText(before: unknown, after: unknown, paint: Paint): string {
  const colour = { same: (text: string) => text, added: paint.green, removed: paint.red } as const;
  return diffText(inOrder(before), inOrder(after))
    .map(({ kind, text }) => colour[kind](`  ${MARKS[kind]} ${visibleString(text)}`))
    .join('\n');
}
