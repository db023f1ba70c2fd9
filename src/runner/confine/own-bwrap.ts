// The program that makes a jail is its first process, and a process can be asked for its program: what lies there is outside, where nothing is
// read-only. Whoever owns that file could take its rights away, and with them every later jail; so no jail runs a file of its user's.
import { copyFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** The program itself where it is another's, such as root's; else a copy in `scratch` that goes with the run. */
export function ownBwrap(bwrap: string, scratch: string): string {
  if (statSync(bwrap).uid !== process.getuid?.()) return bwrap;
  const copy = join(scratch, 'bwrap');
  copyFileSync(bwrap, copy);
  return copy;
}
