// What the folder says to whoever works in it. An agent CLI under governance reads none of the settings there, and its own reading of this
// file goes with them; so it is handed over as the agent's system prompt, where the record has it.

import { closeSync, constants, readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { faultCode } from '../../core/fault-code.ts';
import { openWithin } from './open-within.ts';

export interface Instructions {
  readonly name: string;
  readonly text: string;
}

/** It goes over a command line. */
const MOST_BYTES = 100_000;
const NAMES = { claude: ['CLAUDE.md', 'AGENTS.md'], codex: ['AGENTS.md', 'CLAUDE.md'], command: [] } as const;

export function instructionsIn(
  folder: string,
  adapter: keyof typeof NAMES,
): Instructions | 'too long' | null {
  for (const name of NAMES[adapter]) {
    const text = readOrNull(folder, name);
    if (text === null || text.trim() === '') continue;
    return Buffer.byteLength(text) > MOST_BYTES || text.includes('\0') ? 'too long' : { name, text };
  }
  return null;
}

/** It is read outside of the jail, and handed to the provider. */
function readOrNull(folder: string, name: string): string | null {
  let descriptor: number | null = null;
  try {
    const real = realpathSync(folder);
    descriptor = openWithin(real, realpathSync(join(real, name)), constants.O_RDONLY);
    return readFileSync(descriptor, 'utf8');
  } catch (error) {
    if (faultCode(error) !== null) return null;
    throw error;
  } finally {
    if (descriptor !== null) closeSync(descriptor);
  }
}
