// The program that tries to escape: reads its bait from stdin and prints one line of JSON for each attempt. Started inside a jail it tells
// what the jail holds; started outside, whether the attempts are worth anything.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { allProbes } from './all-probes.ts';
import type { Bait } from './bait.ts';
import { type Finding, type Probe, unclear } from './probe.ts';

const bait = JSON.parse(readFileSync(0, 'utf8')) as Bait;
for (const probe of allProbes) {
  const { outcome, detail } = await run(probe);
  process.stdout.write(`${JSON.stringify({ id: probe.id, what: probe.what, outcome, detail })}\n`);
}

// Somebody outside looks whether it lives on.
spawn('sleep', ['60'], { detached: true, stdio: 'ignore' }).unref();

async function run({ attempt }: Probe): Promise<Finding> {
  try {
    return await attempt(bait);
  } catch (error) {
    return unclear(String(error));
  }
}
