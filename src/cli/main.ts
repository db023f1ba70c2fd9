#!/usr/bin/env node
// Answers --version without loading anything else; everything more is loaded when it is asked for.
import manifest from '../../package.json' with { type: 'json' };

const args = process.argv.slice(2);
if (args.length === 1 && (args[0] === '--version' || args[0] === '-V')) {
  process.stdout.write(`${manifest.version}\n`);
} else {
  const { main } = await import('./program.ts');
  await main(args, manifest.version);
}
