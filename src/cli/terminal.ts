// What this terminal can show: colour, and whether a person is at the keys. A pipe gets plain text.
import picocolors from 'picocolors';
import { hasColour } from './has-colour.ts';

export type Paint = ReturnType<typeof picocolors.createColors>;

export function isInteractive(): boolean {
  return process.stdin.isTTY === true && process.stdout.isTTY === true;
}

export function paintFor(stream: { readonly isTTY?: boolean }): Paint {
  return picocolors.createColors(hasColour(stream));
}
