// Stands in for a runner that is killed: starts a jailed tree that does all it can to live on, says where it is, and waits.
import { spawnTree } from '../../src/process/entry.ts';
import { openJail } from '../../src/runner/confine/open-jail.ts';
import { jailedRun } from './jail-fixture.ts';

const HOSTILE = [
  'setsid sleep 600 &',
  '(setsid sh -c "trap \'\' TERM HUP INT; sleep 600; sleep 600" &)',
  '(sh -c "sleep 600 & exec setsid sleep 600" &)',
  "trap '' TERM HUP INT",
  'while :; do sleep 1; done',
].join('\n');

const { request } = jailedRun(process.argv[2] ?? '', ['/bin/sh', '-c', HOSTILE]);
const jail = openJail(request);
const tree = await spawnTree({ ...jail, marker: `GOVERNED_RUN_ID=${request.name}` });
process.stdout.write(JSON.stringify(tree.handle));
setInterval(() => undefined, 1_000);
