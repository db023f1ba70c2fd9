// Whether one folder holds another path. Both are absolute and real: links are resolved before.
import { isAbsolute, relative } from 'node:path';

/** The folder itself counts. */
export function covers(folder: string, path: string): boolean {
  const rest = relative(folder, path);
  return rest === '' || (!isAbsolute(rest) && rest !== '..' && !rest.startsWith('../'));
}

export function overlaps(a: string, b: string): boolean {
  return covers(a, b) || covers(b, a);
}
