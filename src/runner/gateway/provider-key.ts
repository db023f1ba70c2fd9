// Finds the provider's key where the rules say it is, once, in the runner: the agent never has it, and no message shows it.
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { runProgram } from '../../process/entry.ts';
import type { WireProvider } from '../../server/wire/run.ts';

export type ProviderKey =
  /** Null: this provider takes no key. */
  | { readonly result: 'key'; readonly value: string | null }
  | { readonly result: 'missing'; readonly why: string }
  /** The agent brings a login of its own, which passes as it is. */
  | { readonly result: 'own' };

export interface KeyPlace {
  /** The operator's environment. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Relative paths and the key's program start here. */
  readonly projectDir: string;
}

const COMMAND_LIMIT_MS = 30_000;

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
  if ('env' in reference) {
    return checked(
      place.env[reference.env],
      `the variable ${reference.env} is not set where the run was started`,
    );
  }
  if ('file' in reference) return checked(...(await readKeyFile(reference.file, place)));
  return checked(...(await askProgram(reference.command, place)));
}

async function readKeyFile(file: string, place: KeyPlace): Promise<[string | undefined, string]> {
  const home = place.env['HOME'] ?? '~';
  const path = resolve(place.projectDir, file.startsWith('~/') ? `${home}${file.slice(1)}` : file);
  try {
    return [await readFile(path, 'utf8'), `${path} is empty`];
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error)) throw error;
    return [undefined, `${path} can't be read (${String(error.code)})`];
  }
}

async function askProgram(
  command: readonly string[],
  place: KeyPlace,
): Promise<[string | undefined, string]> {
  const env = Object.fromEntries(
    Object.entries(place.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
  const ran = await runProgram({
    command,
    cwd: place.projectDir,
    env,
    marker: `GOVERNED_KEY_OF=${process.pid}`,
    stdin: '',
    timeLimitMs: COMMAND_LIMIT_MS,
    maxStdoutBytes: 64 * 1024,
  });
  const program = command[0] ?? '';
  if (ran.result === 'not_started') return [undefined, ran.fault.message];
  if (ran.result === 'exited' && ran.exitCode === 0) return [ran.stdout, `${program} printed no key`];
  const how =
    ran.result === 'exited' ? `exited with ${ran.exitCode ?? ran.signal}` : ran.result.replaceAll('_', ' ');
  return [undefined, `${program}, which prints the key, ${how}`];
}

function checked(found: string | undefined, why: string): ProviderKey {
  const value = found?.trim() ?? '';
  if (value === '') return { result: 'missing', why };
  // Anything else can't stand in a header.
  if (!/^[\x21-\x7e]+$/.test(value)) return { result: 'missing', why: 'what was found there is not a key' };
  return { result: 'key', value };
}
