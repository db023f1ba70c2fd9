// Hands its own stdin to a jailed agent, which reads it and then tries to write to it, and passes on what that says.
import { spawnTree } from '../../src/process/entry.ts';
import { openJail } from '../../src/runner/confine/open-jail.ts';
import { jailedRun } from './jail-fixture.ts';

const command = ['/bin/sh', '-c', 'cat; echo changed > /proc/self/fd/0; echo over'];
const { request } = jailedRun(process.argv[2] ?? '', command);
const jail = openJail(request);
const marker = `GOVERNED_RUN_ID=${request.name}`;
const tree = await spawnTree({ ...jail, ownPipes: { stdin: true, stdout: true }, marker });
await tree.ended;
jail.release();
