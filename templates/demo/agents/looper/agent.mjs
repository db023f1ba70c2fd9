// Stuck: makes the same tool call again and again, and keeps a child busy that would outlive a signal to its parent alone.
import { spawn } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const ticking = "let n = 0; setInterval(() => require('node:fs').writeFileSync('ticks', String(++n)), 5)";
spawn(process.execPath, ['-e', ticking], { detached: true, stdio: 'ignore' });
while (!existsSync('ticks')) await sleep(5);

for (let call = 1; ; call += 1) {
  writeFileSync('calls', String(call));
  await fetch(`${process.env.GOVERNED_GATEWAY}/tool-calls`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ tool: 'Read', input: { file_path: 'notes.txt' } }),
  });
  await sleep(40);
}
