// A path with its links resolved; of one that is not there yet, itself, since nothing can be linked.
import { realpathSync } from 'node:fs';
import { resolve } from 'node:path';

export function realOrSame(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return resolve(path);
  }
}
