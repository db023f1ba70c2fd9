// A port as an option; 0 means any free one.
import { InputError } from '../core/fault.ts';

export function portOption(text: string | undefined): number | null {
  if (text === undefined) return null;
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (port <= 65_535) return port;
  throw new InputError({
    code: 'usage',
    message: `--port ${JSON.stringify(text)} is not a port`,
    hint: 'write a number from 1 to 65535, or 0 for any free one',
  });
}
