// What a command line of an agent CLI comes to here, whichever CLI it is.
import type { Words } from './words.ts';

export interface CliArguments {
  readonly prompt: string | null;
  readonly model: string | null;
  /** Passed on as they are. */
  readonly kept: readonly string[];
  readonly allow: readonly string[];
  readonly deny: readonly string[];
  /** Left out, as they were typed. */
  readonly leftOut: readonly string[];
  /** What of its messages is written to stdout, as it would itself. */
  readonly words: Words;
}

/** `--name=value`, or the name alone. */
export function splitOption(arg: string): { readonly name: string; readonly value: string | null } {
  const at = arg.indexOf('=');
  if (!arg.startsWith('--') || at === -1) return { name: arg, value: null };
  return { name: arg.slice(0, at), value: arg.slice(at + 1) };
}
