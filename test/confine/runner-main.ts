// Stands in for a runner that is killed: starts a jailed tree that does all it can to live on, besides children of its own that leave it, says
// when it starts and where the tree is, and waits.
import { spawn } from 'node:child_process';
import { spawnTree } from '../../src/process/entry.ts';
import { openJail } from '../../src/runner/confine/open-jail.ts';
import { jailedRun } from './jail-fixture.ts';

const [door = '', name = '', bwrap = ''] = process.argv.slice(2);
const STUBBORN = `sh -c "trap '' TERM HUP INT; sleep 600; sleep 600" ${name}`;
const HOSTILE = [
  `setsid ${STUBBORN} &`,
  `(setsid ${STUBBORN} &)`,
  `(sh -c 'env -i setsid ${STUBBORN} & exec setsid sleep 600' &)`,
  // What it can do to those that started it.
  'kill -STOP 1 2 2>/dev/null',
  "trap '' TERM HUP INT",
  'echo up',
  `while :; do ${STUBBORN}; done`,
].join('\n');

const { request } = jailedRun(door, ['/bin/sh', '-c', HOSTILE], { name, bwrap });
const jail = openJail(request);
// Loads what starting needs, so that a kill soon after "starting" finds the jail half made.
await import('execa');
process.stdout.write('starting\n');
const tree = await spawnTree({ ...jail, marker: `GOVERNED_RUN_ID=${name}` });
spawn('/bin/sh', ['-c', '(setsid sleep 20 &) ; (setsid sleep 20 &)'], { stdio: 'ignore', detached: true });
process.stdout.write(`${JSON.stringify(tree.handle)}\n`);
tree.stdout.pipe(process.stdout);
setInterval(() => undefined, 1_000);
