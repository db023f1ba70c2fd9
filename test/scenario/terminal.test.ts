// A person at a terminal: standing approvals by command, several decisions at once, an edit in their editor, and the walk through what
// waits, on a real pseudo-terminal.
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { atTerminal as openTerminal, type Terminal } from '../cli/at-terminal.ts';
import { BINARY, Scenario } from './harness.ts';
import { type Client, client, registerRun } from './load.ts';

vi.setConfig({ testTimeout: 60_000 });

interface Made {
  readonly proposal_id: string;
  readonly payload_hash: string;
  readonly status: string;
}

let scenario: Scenario;
let load: Client;
let secret: string;
beforeEach(async () => {
  // What an approved action is expected to cost has to fit under the caps.
  scenario = await Scenario.create((made) => {
    const file = 'agents/noop/agent.toml';
    made.write(file, made.read(file).replace(/run_usd = .*\nday_usd = .*/, 'run_usd = 10\nday_usd = 20'));
  });
  await scenario.serve(['--no-watchdog']);
  load = client(scenario.port);
  secret = (await registerRun(scenario)).secret;
});
afterEach(async () => {
  load.close();
  await scenario.close();
});

async function propose(payload: unknown, over: object = {}): Promise<Made> {
  const body = { action_type: 'send_email', payload, expected_outcome: 'x', ...over };
  const made = await load.post('/proposals', body, secret);
  return JSON.parse(made?.text ?? '{}') as Made;
}

async function read(id: string): Promise<Record<string, unknown>> {
  return (await scenario.asOperator('GET', `/proposals/${id}`)).body;
}

/** An editor that puts one text in place of another. */
function editor(from: string, to: string): Record<string, string> {
  const path = join(scenario.root, 'editor.sh');
  writeFileSync(path, `#!/bin/sh\nsed -i 's/${from}/${to}/' "$1"\n`);
  chmodSync(path, 0o755);
  return { EDITOR: path };
}

function atTerminal(args: readonly string[], env: Record<string, string> = {}): Terminal {
  return openTerminal([process.execPath, BINARY, ...args], scenario.dir, {
    PATH: process.env['PATH'] ?? '',
    HOME: scenario.root,
    GOVERNED_STATE_HOME: scenario.stateHome,
    ...env,
  });
}

it('gives, lists and takes back a standing approval', async () => {
  const given = await scenario.run([
    'grants',
    'add',
    'send_email',
    '--uses',
    '1',
    '--agent',
    'noo',
    '--until',
    '2h',
    '--json',
  ]);
  expect(given.code, given.stderr).toBe(0);
  const grant = JSON.parse(given.stdout) as { grant_id: string };
  expect(grant).toMatchObject({
    action_type: 'send_email',
    agent_id: 'noop',
    uses_left: 1,
    status: 'active',
  });
  expect((await propose({ n: 1 })).status).toBe('approved');
  expect((await scenario.run(['grants'])).stdout).toMatch(/used up .*send_email .*0 of 1/);
  expect((await scenario.run(['proposals'])).stdout).toContain(`by the grant ${grant.grant_id}`);
  const revoked = await scenario.run(['grants', 'revoke', grant.grant_id.slice(0, -2)]);
  expect(revoked).toMatchObject({ code: 0, stdout: expect.stringContaining('used 1 of 1') as string });
  const wrong: readonly (readonly string[])[] = [
    ['add', '*', '--uses', '1'],
    ['add', 'x', '--uses', '0'],
    ['add', 'x', '--uses', '1', '--until', 'soon'],
    ['add', 'x', '--uses', '1', '--usd', '-1'],
    ['add', 'x', '--uses', '1', '--agent', 'nobody'],
    ['add', 'x', '--uses', '1', '--when', '{'],
    ['add', 'x', '--uses', '1', '--when', '{"nothing": 1}'],
    ['add', 'x'],
    ['revoke', 'gnt_zzz'],
  ];
  for (const args of wrong) expect((await scenario.run(['grants', ...args])).code, args.join(' ')).toBe(2);
});

it('decides several at once, each by its own hash', async () => {
  const [a, b, c, d] = [await propose(1), await propose(2), await propose(3), await propose(4)];
  const blind = await scenario.run(['approve', a.proposal_id, b.proposal_id]);
  expect(blind.code).toBe(2);
  const hashes = (...all: readonly string[]): readonly string[] =>
    all.flatMap((hash) => ['--payload-hash', hash]);
  const mixed = await scenario.run([
    'approve',
    a.proposal_id,
    b.proposal_id,
    ...hashes(a.payload_hash, a.payload_hash),
  ]);
  expect(mixed.code).toBe(1);
  expect([(await read(a.proposal_id))['status'], (await read(b.proposal_id))['status']]).toEqual([
    'approved',
    'pending',
  ]);
  const rejected = await scenario.run(['reject', b.proposal_id, c.proposal_id, '--note', 'neither']);
  expect(rejected.code).toBe(0);
  expect(await read(c.proposal_id)).toMatchObject({ status: 'rejected', note: 'neither' });
  const unknown = await scenario.run(['proposals', '--agent', 'nop']);
  expect(unknown).toMatchObject({ code: 2, stderr: expect.stringContaining('did you mean noop?') as string });
  expect((await scenario.run(['proposals', d.proposal_id])).stdout).toContain(d.payload_hash);
});

it('approves an edit made in an editor, and never what is not JSON or nothing new', async () => {
  const made = await propose({ body: 'first\u200b' });
  const args = ['approve', made.proposal_id, '--edit', '--payload-hash', made.payload_hash];
  const broken = await scenario.run(args, { env: editor('{', '') });
  expect(broken).toMatchObject({ code: 2, stderr: expect.stringContaining('not JSON') as string });
  const failed = await scenario.run(args, { env: { EDITOR: 'false' } });
  expect(failed.code).toBe(1);
  expect(await read(made.proposal_id)).toMatchObject({ status: 'pending' });
  const edited = await scenario.run(args, { env: editor('first', 'second') });
  expect(edited.code, edited.stderr).toBe(0);
  expect(edited.stderr).toContain('-   "body": "first⟨U+200B⟩"');
  expect(edited.stderr).toContain('+   "body": "second⟨U+200B⟩"');
  expect(await read(made.proposal_id)).toMatchObject({
    status: 'approved',
    payload: { body: 'second\u200b' },
    original_payload: { body: 'first\u200b' },
  });
});

it('walks through what waits: approve, reject, for good, edit, grant, skip and quit', async () => {
  const cost = { expected_cost_usd: 0.5 };
  const made: Made[] = [];
  for (const to of ['a', 'b', 'c', 'd', 'e', 'f', 'g']) made.push(await propose({ to, text: 'first' }, cost));
  const terminal = atTerminal(['approve'], editor('first', 'second'));
  const keys = 'quit: ';
  await terminal.answer(keys, 'what?');
  await terminal.answer(keys, 'a');
  await terminal.answer(keys, 'r');
  await terminal.answer('empty): ', 'not now');
  await terminal.answer(keys, 'f');
  await terminal.answer('empty): ', 'never');
  await terminal.answer(keys, 'e');
  await terminal.answer('edited payload? [y/N]', 'y');
  await terminal.answer(keys, 'g');
  await terminal.answer('[5]: ', '2');
  await terminal.answer('[2h]: ', '1h');
  await terminal.answer('no bound): ', '3');
  await terminal.answer('anything): ', '');
  await terminal.answer('? [y/N]', 'y');
  await terminal.answer(keys, 's');
  await terminal.answer(keys, 'q');
  const { code, text } = await terminal.ended;
  expect(code, text).toBe(0);
  expect(text).toContain('q  quit; what was not decided still waits');
  expect(text).toContain('5 decided, 1 skipped.');
  expect(await Promise.all(made.map(async ({ proposal_id }) => (await read(proposal_id))['status']))).toEqual(
    ['approved', 'rejected', 'rejected', 'approved', 'approved', 'pending', 'pending'],
  );
  expect(await read(made[2]?.proposal_id ?? '')).toMatchObject({ final: true, note: 'never' });
  expect(await read(made[3]?.proposal_id ?? '')).toMatchObject({ payload: { text: 'second' } });
  expect((await propose({ to: 'c' }, cost)).status).toBe('denied');
  expect((await propose({ to: 'z' }, cost)).status).toBe('approved');
});
