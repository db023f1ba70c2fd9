// Finds the provider's key where the rules say it is, once, in the runner: the agent never has it, and no message shows it.

import { readFile } from 'node:fs/promises';
import { faultCode } from '../../core/fault-code.ts';
import type { WireProvider } from '../../server/wire/run.ts';
import { keyFilePath } from './key-file.ts';
import { askKeyProgram } from './key-program.ts';

export type ProviderKey =
  /** Null: this provider takes no key. */
  | { readonly result: 'key'; readonly value: string | null }
  | MissingKey
  /** The agent brings a login of its own, which passes as it is. */
  | { readonly result: 'own' };

/** For the operator alone: it says where the key should be. */
export interface MissingKey {
  readonly result: 'missing';
  readonly why: string;
  /** The end of what the program said that should have printed it. */
  readonly said: string | null;
  /** A sentence, without its stop. */
  readonly hint: string;
}

export interface KeyPlace {
  /** The operator's environment. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Relative paths and the key's program start here. */
  readonly projectDir: string;
}

/** What should be the key, and what to do when it is none. */
interface Found {
  readonly text: string;
  readonly where: string;
  readonly hint: string;
  readonly said: string | null;
}

/** Asks once; a key that is missing is looked for again at the next call. */
export function providerKey(provider: WireProvider, place: KeyPlace): () => Promise<ProviderKey> {
  let known: Promise<ProviderKey> | undefined;
  return async () => {
    known ??= findKey(provider.key, place);
    const key = await known;
    if (key.result === 'missing') known = undefined;
    return key;
  };
}

async function findKey(reference: WireProvider['key'], place: KeyPlace): Promise<ProviderKey> {
  if (reference === null) return { result: 'key', value: null };
  const found = await lookUp(reference, place);
  return 'result' in found ? found : checked(found);
}

function lookUp(
  reference: NonNullable<WireProvider['key']>,
  place: KeyPlace,
): Promise<Found | MissingKey> | Found | MissingKey {
  if ('env' in reference) return readVariable(reference.env, place);
  return 'file' in reference ? readKeyFile(reference.file, place) : askProgram(reference.command, place);
}

function readVariable(name: string, { env }: KeyPlace): Found | MissingKey {
  const text = env[name];
  const hint = `Export ${name} and start the run again`;
  if (text === undefined) return missing(`${name} is not set where the run was started`, hint);
  return { text, where: name, hint, said: null };
}

async function readKeyFile(file: string, place: KeyPlace): Promise<Found | MissingKey> {
  const path = keyFilePath(file, place);
  const hint = 'Put the key there, for this user to read; the next call looks again';
  try {
    return { text: await readFile(path, 'utf8'), where: path, hint, said: null };
  } catch (error) {
    const code = faultCode(error);
    if (code === null) throw error;
    return missing(`${path} can't be read (${code})`, hint);
  }
}

async function askProgram(command: readonly string[], place: KeyPlace): Promise<Found | MissingKey> {
  const printed = await askKeyProgram(command, place);
  if (printed.result === 'failed') return missing(printed.why, printed.hint, printed.said);
  const hint = 'It has to print the key and nothing else; the next call asks it again';
  return { text: printed.text, where: `what ${command[0] ?? ''} printed`, hint, said: printed.said };
}

function checked({ text, where, hint, said }: Found): ProviderKey {
  const value = text.trim();
  if (value === '') return missing(`${where} is empty`, hint, said);
  // Anything else can't stand in a header.
  if (!/^[\x21-\x7e]+$/.test(value)) {
    return missing(`${where} holds no key: that is one word of plain ASCII`, hint, said);
  }
  return { result: 'key', value };
}

function missing(why: string, hint: string, said: string | null = null): MissingKey {
  return { result: 'missing', why, hint, said };
}
