// The last stop of an error: text on stderr, with --json also as JSON on stdout, and the exit code.
import { InputError, OperationError } from '../core/fault.ts';
import { environmentFault } from './environment-fault.ts';
import { errorJson, errorText } from './error-text.ts';
import { exitCodeOf } from './exit-code.ts';
import { execProjectDir } from './project.ts';
import { withReach } from './reach.ts';
import { foldedLines } from './show/folded-words.ts';
import { errorWidth, paintFor } from './terminal.ts';

/** `args`: what was typed. */
export function reportError(thrown: unknown, args: readonly string[]): void {
  const error = environmentFault(thrown) ?? thrown;
  const own = args.includes('--') ? args.slice(0, args.indexOf('--')) : args;
  const text = errorText(error, paintFor(process.stderr), own.includes('--verbose'));
  process.stderr.write(foldedLines(withReach(text, projectIn(own)), errorWidth()));
  if (own.includes('--json'))
    process.stdout.write(`${JSON.stringify({ error: errorJson(error) }, null, 2)}\n`);
  process.exitCode = exitCodeOf(error);
}

/** How its project was named, or is to be named. */
function projectIn(args: readonly string[]): string | undefined {
  if (args[0] === 'exec') return execDir();
  const at = args.findIndex((arg) => arg === '-C' || arg === '--project');
  return at === -1 ? undefined : args[at + 1];
}

function execDir(): string | undefined {
  try {
    return execProjectDir(process.env);
  } catch (error) {
    // Where no place for it can be found, that is what is being told.
    if (error instanceof InputError || error instanceof OperationError) return undefined;
    throw error;
  }
}
