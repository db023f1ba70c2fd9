// Sends the probes out as whoever runs this, and prints what came of it.
import { homedir } from 'node:os';
import { runProbes } from '../../src/runner/confine/run-probes.ts';

const [mode, door = '', program = ''] = process.argv.slice(2);
const results = await runProbes({
  bwrap: '/usr/bin/bwrap',
  door,
  program,
  folder: process.env['FOLDER'] ?? '',
  operatorHome: homedir(),
  isConfined: mode === 'confined',
});
process.stdout.write(JSON.stringify(results));
