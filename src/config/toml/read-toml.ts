// Reads one TOML file: its value and a way to find the line of each key, or the error with the line and column where it is.
import { parse, TomlError } from 'smol-toml';
import { InputError } from '../../core/fault.ts';
import { type LocateKey, locateKeys } from './key-locator.ts';

export interface TomlDocument {
  readonly path: string;
  readonly value: unknown;
  readonly locate: LocateKey;
}

export type ReadToml =
  | { readonly result: 'document'; readonly document: TomlDocument }
  | { readonly result: 'invalid'; readonly problem: InputError };

const DEEPEST = 64;

/** `firstLine` is the line of the file on which the text begins: more than 1 for a task's front matter. */
export function readToml(path: string, text: string, firstLine = 1): ReadToml {
  try {
    const value: unknown = parse(text, { unsafeKeyBehaviour: 'throw', maxDepth: DEEPEST });
    if (isTooDeep(value)) return { result: 'invalid', problem: tooDeep(path, text, firstLine) };
    let inText: LocateKey | null = null;
    const locate: LocateKey = (key) => {
      inText ??= locateKeys(text);
      const { line, column } = inText(key);
      return { line: line + firstLine - 1, column };
    };
    return { result: 'document', document: { path, value, locate } };
  } catch (cause) {
    if (!(cause instanceof TomlError)) throw cause;
    return { result: 'invalid', problem: syntaxError(path, cause, firstLine) };
  }
}

/** The parser's own bound does not count dotted keys. It walks with a list: no depth can exhaust the stack. */
function isTooDeep(document: unknown): boolean {
  let level: readonly object[] = [document].filter(isNested);
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > DEEPEST) return true;
    level = level.flatMap((each) => Object.values(each).filter(isNested));
  }
  return false;
}

function isNested(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function tooDeep(path: string, text: string, firstLine: number): InputError {
  const dotted = text.split('\n').findIndex((line) => line.split('.').length > DEEPEST);
  return new InputError({
    code: 'invalid_toml',
    message: `its tables and keys lie more than ${DEEPEST} deep in each other`,
    path,
    ...(dotted < 0 ? {} : { line: dotted + firstLine }),
    hint: 'write shorter keys: no setting lies deeper than a few',
  });
}

function syntaxError(path: string, cause: TomlError, firstLine: number): InputError {
  const what = (cause.message.split('\n')[0] ?? '').replace(/^Invalid TOML document: /, '');
  return new InputError({
    code: 'invalid_toml',
    message: `this is not valid TOML: ${what}`,
    path,
    line: cause.line + firstLine - 1,
    column: cause.column,
    hint: hintFor(what),
  });
}

function hintFor(what: string): string {
  if (what.includes('redefine')) return 'a key or table may stand only once in a file: join the two';
  if (what.includes('unsafe')) return 'rename this key: __proto__ and constructor are not allowed';
  if (what.includes('integer')) return 'write a smaller whole number';
  if (what.includes('value')) return 'text needs quotes, lists need [ ], and true and false are lower case';
  return 'compare the line with the file that `governed-agents init` writes into an empty folder';
}
