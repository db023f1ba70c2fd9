// The last stop of an error: text on stderr, with --json also as JSON on stdout, and the exit code.
import { errorJson, errorText } from './error-text.ts';
import { exitCodeOf } from './exit-code.ts';
import { execProjectDir } from './project.ts';
import { withReach } from './reach.ts';
import { paintFor } from './terminal.ts';

/** `args`: what was typed. */
export function reportError(error: unknown, args: readonly string[]): void {
  const own = args.includes('--') ? args.slice(0, args.indexOf('--')) : args;
  const text = errorText(error, paintFor(process.stderr), own.includes('--verbose'));
  process.stderr.write(withReach(text, projectIn(own)));
  if (own.includes('--json'))
    process.stdout.write(`${JSON.stringify({ error: errorJson(error) }, null, 2)}\n`);
  process.exitCode = exitCodeOf(error);
}

/** How its project was named, or is to be named. */
function projectIn(args: readonly string[]): string | undefined {
  if (args[0] === 'exec') return execProjectDir(process.env);
  const at = args.findIndex((arg) => arg === '-C' || arg === '--project');
  return at === -1 ? undefined : args[at + 1];
}
