// What this terminal can show: colour, a person at the keys, its width. A pipe gets plain text.
import picocolors from 'picocolors';

export type Paint = ReturnType<typeof picocolors.createColors>;

export function isInteractive(): boolean {
  return process.stdin.isTTY === true && process.stdout.isTTY === true;
}

/** NO_COLOR wins over FORCE_COLOR; without either, colour is for a terminal that isn't dumb. */
export function paintFor(stream: { readonly isTTY?: boolean }): Paint {
  return picocolors.createColors(hasColour(stream));
}

export function hasColour(stream: { readonly isTTY?: boolean }): boolean {
  const { NO_COLOR, FORCE_COLOR, TERM } = process.env;
  if (NO_COLOR !== undefined && NO_COLOR !== '') return false;
  if (FORCE_COLOR !== undefined && FORCE_COLOR !== '' && FORCE_COLOR !== '0') return true;
  return stream.isTTY === true && TERM !== 'dumb';
}

export function columns(): number {
  return process.stdout.columns ?? 100;
}
