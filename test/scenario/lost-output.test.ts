// A run, and a server, go on when nobody reads what they print any more: what is in their care is not dropped for a closed pipe.

import { spawn } from 'node:child_process';
import { openSync } from 'node:fs';
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
