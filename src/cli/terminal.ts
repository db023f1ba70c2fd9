// What this terminal can show: colour, and whether a person is at the keys. A pipe gets plain text.
import picocolors from 'picocolors';
import { hasColour } from './has-colour.ts';

export type Paint = ReturnType<typeof picocolors.createColors>;

export function isInteractive(): boolean {
  return process.stdin.isTTY === true && process.stdout.isTTY === true;
}

/** Of stdout, in characters; a pipe takes lines of any length. */
export function outputWidth(): number {
  return process.stdout.isTTY === true && process.stdout.columns > 0
    ? process.stdout.columns
    : Number.POSITIVE_INFINITY;
}

/** Of stderr, whatever stdout is: either may go into a file alone. */
export function errorWidth(): number {
  const { stderr } = process;
  return stderr.isTTY === true && stderr.columns > 0 ? stderr.columns : Number.POSITIVE_INFINITY;
}

/** Of where a person is asked, which is not always stdout: the narrowest terminal of both. */
export function askingWidth(): number {
  return Math.min(errorWidth(), outputWidth());
}

export function paintFor(stream: { readonly isTTY?: boolean }): Paint {
  return picocolors.createColors(hasColour(stream));
}
