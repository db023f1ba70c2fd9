#!/usr/bin/env node
// Answers --version and --help without loading more than their text; everything else is loaded when it is asked for.
import manifest from '../../package.json' with { type: 'json' };
import { writeHelp } from './help-text.ts';

const args = process.argv.slice(2);
if (args.length === 1 && (args[0] === '--version' || args[0] === '-V')) {
  process.stdout.write(`${manifest.version}\n`);
} else if (args.length === 1 && (args[0] === '--help' || args[0] === '-h')) {
  writeHelp(process.stdout);
} else {
  const { main } = await import('./program.ts');
  await main(args, manifest.version);
}
