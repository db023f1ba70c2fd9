import { mkdirSync, mkdtempSync } from 'node:fs';
import { createServer } from 'node:http';
import { test } from 'vitest';
import { spawnTree } from '../../src/process/entry.ts';
import { usualLimits } from '../../src/runner/confine/limits.ts';
import { openJail } from '../../src/runner/confine/open-jail.ts';

test('x', async () => {
  const base = mkdtempSync('/tmp/cjail-');
  for (const d of ['p/agents/x/workspace', 'state/run/home']) mkdirSync(`${base}/${d}`, { recursive: true });
  const s = createServer((_q, r) => r.end('DOOR OK\n')).listen(`${base}/g.sock`);
  const req = {
    bwrap: '/usr/bin/bwrap',
    door: '/tmp/cj/door.mjs',
    name: 'run_1',
    scratch: `${base}/state/run/jail`,
    command: [
      'python3',
      '-c',
      'import urllib.request,os,subprocess\nprint(urllib.request.urlopen(os.environ["G"]).read()); subprocess.run("id; pwd; ls -la / ~ /etc; mount; ps axf; cat /proc/1/environ; ls -la /proc/self/fd; touch x; ulimit -a; cat /proc/self/cgroup;ls -la /root; pyenv --version; ls -laR /root",shell=True)',
    ],
    cwd: `${base}/p/agents/x/workspace`,
    env: { PATH: process.env['PATH'] ?? '', HOME: '/home/agent', G: 'http://127.0.0.1:17005/' },
    projectDir: `${base}/p`,
    workspace: `${base}/p/agents/x/workspace`,
    write: [],
    readOnly: [],
    home: `${base}/state/run/home`,
    gatewaySocket: `${base}/g.sock`,
    hidden: [`${base}/state`],
    operatorHome: '/root',
    limits: usualLimits(null, 2),
  };
  const jail = openJail(req);
  const t = await spawnTree({
    command: jail.command,
    cwd: jail.cwd,
    env: jail.env,
    marker: 'GOVERNED_RUN_ID=run_1',
  });
  t.stdin.end();
  t.stdout.pipe(process.stdout);
  t.stderr.pipe(process.stderr);
  console.log(await t.ended, jail.bounds);
  await new Promise((r) => setTimeout(r, 100));
  jail.release();
  s.close();
});
