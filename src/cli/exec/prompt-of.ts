// What an agent CLI is asked to do: what stands on its command line, and what is piped in.
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { InputError } from '../../core/fault.ts';
import { type Output, warn } from '../output.ts';

const STDIN_PATIENCE_MS = 3_000;

export async function promptOf(given: string | null, command: string, output: Output): Promise<string> {
  const piped = process.stdin.isTTY === true ? '' : await pipedIn(given === null, output);
  const parts = [given ?? '', piped].filter((part) => part.trim() !== '');
  if (parts.length > 0) return parts.join('\n\n');
  throw new InputError({
    code: 'usage',
    message: `${command} has no prompt`,
    hint: `write it in quotes behind ${command}, or pipe it in`,
  });
}

/** Beside a prompt of its own, a pipe that stays silent is not waited for without end. */
async function pipedIn(isNeeded: boolean, output: Output): Promise<string> {
  if (isNeeded || (await speaks())) return text(process.stdin);
  warn(
    output,
    `nothing came on stdin for ${STDIN_PATIENCE_MS / 1_000} s: it goes on without it, and what is piped in later is left out. Where something was to come, Ctrl-C, write it to a file first and give that with < FILE; where nothing was, say < /dev/null`,
  );
  process.stdin.unref?.();
  return '';
}

/** Whether anything came in time, or its end. */
async function speaks(): Promise<boolean> {
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), STDIN_PATIENCE_MS);
  try {
    await once(process.stdin, 'readable', { signal: patience.signal });
    return true;
  } catch (error) {
    if (!patience.signal.aborted) throw error;
    return false;
  } finally {
    clearTimeout(timer);
  }
}
