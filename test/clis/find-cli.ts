// Where the real agent CLIs are: installed beside the repository by scripts/prove, never among its dependencies.
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

const HOMES = ['/var/cache/governed-agents-clis', join(homedir(), '.cache/governed-agents-clis')];

export function findCli(name: 'claude' | 'codex'): string {
  const places = HOMES.map((home) => join(home, name, 'node_modules/.bin', name));
  const found = places.find(existsSync);
  if (found === undefined)
    throw new Error(`${name} is not installed in ${HOMES.join(' or ')}: run scripts/prove`);
  return found;
}
