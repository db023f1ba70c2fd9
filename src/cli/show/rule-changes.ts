// The difference between the governing files and what is in force, in colour, with hidden characters marked.
import type { Bundle, FileChange } from '../../config/rules-entry.ts';
import { visibleLine, visibleString } from '../../core/visible-text.ts';
import type { Output } from '../output.ts';
import type { Paint } from '../terminal.ts';

const MARKS = { added: '+', removed: '-', modified: '~' } as const;

export function showChanges(output: Output, inForce: Bundle | null, changes: readonly FileChange[]): void {
  const { paint } = output;
  if (inForce === null) output.line('Nothing of this project is in force yet. This would be:');
  else if (changes.length > 0) output.line(`In force is ${inForce.hash.slice(0, 12)}. Changed since:`);
  for (const change of changes) {
    output.line();
    output.line(paint.bold(`${MARKS[change.change]} ${visibleLine(change.path)}  (${change.change})`));
    for (const line of changedLines(change.diff)) output.line(`  ${coloured(markedLine(line), paint)}`);
  }
  if (changes.length > 0) output.line();
}

/** From the first place on: the names before it stand above already. A changed line is never left out, whatever it begins with. */
function changedLines(diff: string): readonly string[] {
  const lines = diff.replace(/\n$/, '').split('\n');
  const first = lines.findIndex((line) => line.startsWith('@@'));
  return first === -1 ? lines : lines.slice(first);
}

/** What a line begins with is the mark of the difference: the indentation behind it is none that hides something. */
function markedLine(line: string): string {
  return `${line.slice(0, 1)}${visibleString(line.slice(1))}`;
}

function coloured(line: string, paint: Paint): string {
  if (line.startsWith('@@')) return paint.cyan(line);
  if (line.startsWith('+')) return paint.green(line);
  if (line.startsWith('-')) return paint.red(line);
  return line;
}
