import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, openSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { jailedRun, runJailed } from './jail-fixture.ts';
import { buildPrograms, newFolder, type Programs, removeFolders } from './probe-fixture.ts';

let programs: Programs;

beforeAll(async () => {
  programs = await buildPrograms();
}, 60_000);
afterAll(removeFolders);

const sh = (script: string) => jailedRun(programs.door, ['sh', '-c', script]);
const node = (script: string) => jailedRun(programs.door, ['node', '--input-type=module', '-e', script]);

describe('A jail', () => {
  it('has one door, which leads to the gateway of the run', async () => {
    const { stdout } = await runJailed(
      node(
        "process.stdout.write(await (await fetch(process.env.GOVERNED_GATEWAY + '/proposals', { method: 'POST', body: 'x'.repeat(1e6) })).text())",
      ),
    );
    expect(stdout).toBe('the gateway heard POST /proposals\n');
  });

  it('passes input, output and the exit code through', async () => {
    expect(await runJailed(sh('cat; echo oops >&2; exit 42'), 'the task')).toMatchObject({
      exitCode: 42,
      stdout: 'the task',
      stderr: 'oops\n',
    });
  });

  it('tells how a program ended that a signal ended', async () => {
    expect(await runJailed(sh('kill -TERM $$'))).toMatchObject({ exitCode: 143 });
  });

  it('gives the agent its workspace and home to write, and keeps what it wrote', async () => {
    const run = sh(
      'echo kept > note.txt && echo x > ~/memory.txt && touch /tmp/scratch && mktemp -p /dev/shm >/dev/null && pwd',
    );
    expect(await runJailed(run)).toMatchObject({ exitCode: 0, stdout: `${run.request.workspace}\n` });
    expect(readFileSync(join(run.request.workspace, 'note.txt'), 'utf8')).toBe('kept\n');
    expect(readFileSync(join(run.request.home, 'memory.txt'), 'utf8')).toBe('x\n');
  });

  it('gives only the environment that was asked for, with the mark of its run', async () => {
    const { stdout } = await runJailed(node('console.log(Object.keys(process.env).sort().join())'));
    expect(stdout).toBe('GOVERNED_GATEWAY,GOVERNED_RUN_ID,HOME,PATH,PWD\n');
  });

  it('has users, names and certificates that programs need', async () => {
    const { stdout, stderr } = await runJailed(
      node(
        "import os from 'node:os'; import dns from 'node:dns/promises'; import fs from 'node:fs'; console.log(os.userInfo().username, (await dns.lookup('localhost', 4)).address, fs.existsSync('/etc/ssl/certs') || fs.existsSync('/etc/pki'))",
      ),
    );
    expect(stdout + stderr).toBe('agent 127.0.0.1 true\n');
  });

  it('shows a program that is installed in the home folder, and nothing else of it', async () => {
    const home = newFolder();
    const prefix = join(home, '.tools', 'thing-1.0');
    for (const path of [join(prefix, 'bin'), join(prefix, 'lib'), join(home, 'bin')])
      mkdirSync(path, { recursive: true });
    writeFileSync(join(prefix, 'lib', 'data.txt'), 'its own data\n');
    writeFileSync(join(home, 'secret.txt'), 'not for agents\n');
    writeFileSync(
      join(prefix, 'bin', 'thing'),
      `#!/usr/bin/env sh\ncat "$(dirname "$(readlink -f "$0")")/../lib/data.txt"; ls -A ${home}\n`,
    );
    chmodSync(join(prefix, 'bin', 'thing'), 0o755);
    symlinkSync('../.tools/thing-1.0/bin/thing', join(home, 'bin', 'thing'));
    const run = jailedRun(programs.door, ['thing'], { operatorHome: home });
    const env = { ...run.request.env, PATH: `${join(home, 'bin')}:/usr/bin:/bin` };
    const { stdout, stderr } = await runJailed({ ...run, request: { ...run.request, env } });
    expect(stdout + stderr).toBe('its own data\n.tools\nbin\n');
  });

  it('shows a Python environment whose programs are links to those of the system', async () => {
    const home = newFolder();
    const environment = join(home, 'environment');
    for (const name of ['bin', 'lib']) mkdirSync(join(environment, name), { recursive: true });
    writeFileSync(join(environment, 'pyvenv.cfg'), 'home = /usr/bin\n');
    writeFileSync(join(environment, 'lib', 'package.py'), '');
    symlinkSync('/bin/ls', join(environment, 'bin', 'ls'));
    const run = jailedRun(programs.door, [join(environment, 'bin', 'ls'), join(environment, 'lib'), home], {
      operatorHome: home,
    });
    expect((await runJailed(run)).stdout).toBe(`${home}:\nenvironment\n\n${environment}/lib:\npackage.py\n`);
  });

  it('does not show a program by showing the home folder', async () => {
    const home = newFolder();
    mkdirSync(join(home, 'bin'));
    mkdirSync(join(home, 'lib'));
    writeFileSync(join(home, 'secret.txt'), 'not for agents\n');
    writeFileSync(join(home, 'bin', 'thing'), `#!/bin/sh\nls -A ${home} ${home}/bin\n`);
    chmodSync(join(home, 'bin', 'thing'), 0o755);
    const run = jailedRun(programs.door, [join(home, 'bin', 'thing')], { operatorHome: home });
    expect((await runJailed(run)).stdout).toBe(`${home}:\nbin\n\n${home}/bin:\nthing\n`);
  });

  it('does not show a file of the state that the command names', async () => {
    const run = jailedRun(programs.door, []);
    const token = join(run.request.hidden[0] ?? '', 'token');
    writeFileSync(token, 'hush');
    const request = { ...run.request, command: ['cat', token] };
    expect(await runJailed({ ...run, request })).toMatchObject({ exitCode: 1, stdout: '' });
  });

  it('can’t write to the file that it is given to read', () => {
    const [given, taken] = ['task.txt', 'answer.txt'].map((name) => join(newFolder(), name)) as [
      string,
      string,
    ];
    writeFileSync(given, 'the task\n');
    const { status, stderr } = spawnSync(process.execPath, [programs.givenInputMain, programs.door], {
      stdio: [openSync(given, 'r'), openSync(taken, 'w'), 'pipe'],
      timeout: 20_000,
    });
    expect({ status, answer: readFileSync(taken, 'utf8') }).toEqual({
      status: 0,
      answer: 'the task\nover\n',
    });
    expect(readFileSync(given, 'utf8')).toBe('the task\n');
    expect(String(stderr)).toBe('');
  });

  it('keeps variables and paths out of what every user of the machine can read', async () => {
    const run = sh('tr "\\0" " " < /proc/1/cmdline');
    const env = { ...run.request.env, TOKEN_FOR_A_TOOL: 'hush' };
    expect((await runJailed({ ...run, request: { ...run.request, env } })).stdout).not.toContain('hush');
  });
});

describe('A write path', () => {
  const at = (write: string) => {
    const run = jailedRun(programs.door, ['sh', '-c', 'echo made > ../../../data/out.txt']);
    const { projectDir } = run.request;
    for (const name of ['data', 'agents/noop/tasks', 'actions', '.git/hooks', 'repository/.git']) {
      mkdirSync(join(projectDir, name), { recursive: true });
    }
    symlinkSync('data', join(projectDir, 'link'));
    return { ...run, request: { ...run.request, write: [write] } };
  };

  it('lets the agent write there too', async () => {
    const run = at('data');
    expect(await runJailed(run)).toMatchObject({ exitCode: 0 });
    expect(readFileSync(join(run.request.projectDir, 'data', 'out.txt'), 'utf8')).toBe('made\n');
  });

  it.each([
    '.',
    'agents',
    'agents/noop',
    'agents/noop/tasks',
    'actions',
    '.git',
    '.git/hooks',
    'repository',
    'link',
    '../state',
    '..',
    '/',
    '/usr',
    '/etc',
    homedir(),
    'none-such',
  ])('is refused when it reaches what is not the agent’s: %s', async (write) => {
    await expect(runJailed(at(write))).rejects.toMatchObject({
      name: 'InputError',
      code: 'write_path_refused',
    });
  });
});
