// What a person reads, without colours, of what a command shows.
import picocolors from 'picocolors';
import type { Output } from '../../../src/cli/output.ts';

const paint = picocolors.createColors(false);

export function shownBy(show: (output: Output) => void): string {
  const lines: string[] = [];
  show({
    json: false,
    paint,
    paintErr: paint,
    line: (text = '') => lines.push(text),
    note: () => undefined,
    data: () => undefined,
  });
  return lines.join('\n');
}
