// What a command line of an agent CLI comes to here, whichever CLI it is.
import { InputError } from '../../core/fault.ts';
import type { Words } from './words.ts';

export interface CliArguments {
  readonly prompt: string | null;
  readonly model: string | null;
  /** Passed on as they are. */
  readonly kept: readonly string[];
  readonly allow: readonly string[];
  readonly deny: readonly string[];
  /** Tools that its own arguments bring, which do nothing but answer. */
  readonly harmless: readonly string[];
  /** What it is told beside the instructions of the folder; null: nothing. */
  readonly appended: string | null;
  /** Left out, as they were typed. */
  readonly leftOut: readonly string[];
  /** What of its messages is written to stdout, as it would itself. */
  readonly words: Words;
}

export interface ReadOption {
  readonly name: string;
  readonly value: string;
  /** How many words it took beside its own. */
  readonly took: 0 | 1;
}

/** Refuses an option that comes without the value it needs. */
export function readOption(
  args: readonly string[],
  at: number,
  takesValue: boolean,
  cli: string,
): ReadOption {
  const { name, value: joined } = splitOption(args[at] ?? '');
  if (!takesValue || joined !== null) return { name, value: joined ?? '', took: 0 };
  const value = args[at + 1];
  if (value !== undefined) return { name, value, took: 1 };
  const hint = `write it behind ${name}`;
  throw new InputError({ code: 'usage', message: `${cli}’s ${name} comes without its value`, hint });
}

export function readModel(name: string, value: string, cli: string): string {
  if (value.trim() !== '') return value;
  const message = `${cli}’s ${name} names no model`;
  throw new InputError({ code: 'usage', message, hint: 'leave it out, or write the model’s name' });
}

/** `--name=value`, or the name alone. */
export function splitOption(arg: string): { readonly name: string; readonly value: string | null } {
  const at = arg.indexOf('=');
  if (!arg.startsWith('--') || at === -1) return { name: arg, value: null };
  return { name: arg.slice(0, at), value: arg.slice(at + 1) };
}
