// What an agent CLI is asked to do: what stands on its command line, and what is piped in.
import { text } from 'node:stream/consumers';
import { InputError } from '../../core/fault.ts';

const STDIN_PATIENCE_MS = 3_000;

export async function promptOf(given: string | null, command: string): Promise<string> {
  const piped = process.stdin.isTTY === true ? '' : await pipedIn(given === null);
  const parts = [given ?? '', piped].filter((part) => part.trim() !== '');
  if (parts.length > 0) return parts.join('\n\n');
  throw new InputError({
    code: 'usage',
    message: `${command} has no prompt`,
    hint: `write it in quotes behind ${command}, or pipe it in`,
  });
}

/** Beside a prompt of its own, a pipe that stays silent is not waited for without end. */
async function pipedIn(isNeeded: boolean): Promise<string> {
  if (isNeeded) return text(process.stdin);
  const silence = new Promise<string>((resolve) => {
    const timer = setTimeout(() => resolve(''), STDIN_PATIENCE_MS);
    process.stdin.once('readable', () => clearTimeout(timer));
  });
  const said = await Promise.race([text(process.stdin), silence]);
  process.stdin.unref?.();
  return said;
}
