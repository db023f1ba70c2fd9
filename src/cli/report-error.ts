// The last stop of an error: text on stderr, with --json also as JSON on stdout, and the exit code.
import { errorJson, errorText } from './error-text.ts';
import { exitCodeOf } from './exit-code.ts';
import { paintFor } from './terminal.ts';

export function reportError(error: unknown, args: readonly string[]): void {
  const own = args.includes('--') ? args.slice(0, args.indexOf('--')) : args;
  process.stderr.write(errorText(error, paintFor(process.stderr), own.includes('--verbose')));
  if (own.includes('--json'))
    process.stdout.write(`${JSON.stringify({ error: errorJson(error) }, null, 2)}\n`);
  process.exitCode = exitCodeOf(error);
}
