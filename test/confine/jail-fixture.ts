// A jail like a run's, with a gateway that answers, in a project of its own.
import { mkdirSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { spawnTree } from '../../src/process/entry.ts';
import { JAIL } from '../../src/runner/confine/jail-places.ts';
import { usualLimits } from '../../src/runner/confine/limits.ts';
import { type JailRequest, openJail } from '../../src/runner/confine/open-jail.ts';
import { newFolder } from './probe-fixture.ts';

export interface JailedRun {
  readonly request: JailRequest;
  readonly gateway: Server;
}

let count = 0;

export function jailedRun(
  door: string,
  command: readonly string[],
  change: Partial<JailRequest> = {},
): JailedRun {
  const folder = newFolder();
  const workspace = join(folder, 'project', 'agents', 'noop', 'workspace');
  const run = join(folder, 'state', 'runs', 'run_1');
  for (const path of [workspace, join(run, 'home')]) mkdirSync(path, { recursive: true });
  const gatewaySocket = join(run, 'gateway.sock');
  const gateway = createServer((request, response) => {
    request.resume().on('end', () => response.end(`the gateway heard ${request.method} ${request.url}\n`));
  }).listen(gatewaySocket);
  gateway.unref();
  count += 1;
  const request: JailRequest = {
    bwrap: '/usr/bin/bwrap',
    door,
    name: `test-${process.pid}-${count}`,
    scratch: join(run, 'jail'),
    command,
    cwd: workspace,
    env: { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: JAIL.home, GOVERNED_GATEWAY: JAIL.gatewayUrl },
    projectDir: join(folder, 'project'),
    workspace,
    write: [],
    readOnly: [],
    home: join(run, 'home'),
    gatewaySocket,
    hidden: [join(folder, 'state')],
    operatorHome: homedir(),
    limits: usualLimits(null, 2),
    ...change,
  };
  return { request, gateway };
}

export async function runJailed({ request }: JailedRun, stdin = '') {
  const jail = openJail(request);
  const tree = await spawnTree({ ...jail, marker: `GOVERNED_RUN_ID=${request.name}` });
  const output = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    tree[stream].on('data', (chunk) => {
      output[stream] += String(chunk);
    });
  }
  tree.stdin.end(stdin);
  const end = await tree.ended;
  await new Promise((resolve) => setTimeout(resolve, 50));
  jail.release();
  return { ...end, ...output };
}
