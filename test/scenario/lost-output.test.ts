// A run, and a server, go on when nobody reads what they print any more: what is in their care is not dropped for a closed pipe. What a
// governed command printed is its result, though: exec says when that was lost.

import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { BINARY, eventually, Scenario } from './harness.ts';

let scenario: Scenario;
afterEach(() => scenario.close());

it('ends a run in order when its output can not be written', async () => {
  scenario = await Scenario.create();
  await scenario.serve();
  const full = openSync('/dev/full', 'w');
  const run = spawn(process.execPath, [BINARY, 'run', 'noop'], {
    cwd: scenario.dir,
    env: { PATH: process.env['PATH'] ?? '', HOME: scenario.root, GOVERNED_STATE_HOME: scenario.stateHome },
    stdio: ['ignore', full, full],
  });
  const ended = new Promise((resolve) => run.once('exit', resolve));
  const proposal = await eventually(async () => {
    const { body } = await scenario.asOperator('GET', '/proposals?status=pending');
    return (body as { items: { proposal_id: string; payload_hash: string }[] }).items[0] ?? null;
  }, 'a waiting proposal');
  await scenario.run(['approve', proposal.proposal_id, '--payload-hash', proposal.payload_hash]);
  expect(await ended).toBe(0);
  const { body } = await scenario.asOperator('GET', '/runs');
  expect((body as { items: { status: string }[] }).items[0]?.status).toBe('succeeded');
});

/** Its exit code and what it said, with all that it prints going to a full disk. */
async function execOnFullDisk(...command: readonly string[]): Promise<readonly [unknown, string]> {
  const full = openSync('/dev/full', 'w');
  const child = spawn(process.execPath, [BINARY, 'exec', '--', ...command], {
    cwd: scenario.dir,
    env: { PATH: process.env['PATH'] ?? '', HOME: scenario.root, GOVERNED_STATE_HOME: scenario.stateHome },
    stdio: ['ignore', full, 'pipe'],
  });
  closeSync(full);
  let said = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  return [await new Promise((resolve) => child.once('close', resolve)), said];
}

it('fails an exec whose output could not be written, says why, and does not let the command write on in vain', async () => {
  scenario = await Scenario.create();
  const lost = 'stdout could not be written, so output of the command is lost: ENOSPC';
  const [code, said] = await execOnFullDisk('echo', 'hi');
  const [endless, saidThen] = await execOnFullDisk('sh', '-c', 'while echo on; do :; done');
  await scenario.run(['down', '-C', join(scenario.stateHome, 'exec')]);
  expect(said).toContain(lost);
  expect(code).toBe(1);
  expect(saidThen).toContain(lost);
  expect(endless).not.toBe(0);
});

it('keeps serving when whoever started it stopped reading', async () => {
  scenario = await Scenario.create();
  const server = await scenario.serve();
  server.child.stdout?.destroy();
  server.child.stderr?.destroy();
  for (let n = 0; n < 5; n += 1) {
    expect((await scenario.asOperator('POST', '/session/code', {})).status).toBe(201);
  }
  expect(server.child.exitCode).toBeNull();
});
