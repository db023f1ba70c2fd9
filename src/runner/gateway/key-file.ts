// Where a key file is that [providers] names.
import { resolve } from 'node:path';
import type { KeyPlace } from './provider-key.ts';

/** Relative to the project; `~/` is the operator's home. */
export function keyFilePath(file: string, { env, projectDir }: KeyPlace): string {
  const home = env['HOME'] ?? '~';
  return resolve(projectDir, file.startsWith('~/') ? `${home}${file.slice(1)}` : file);
}
