import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Answer } from './ask.ts';
import { PROJECT_ID, type ProjectFixture, startProject } from './project-fixture.ts';

let f: ProjectFixture;
beforeEach(async () => {
  f = await startProject();
});
afterEach(() => f.close());

const edit = (path: string, change: (text: string) => string): void =>
  writeFileSync(join(f.dir, path), change(readFileSync(join(f.dir, path), 'utf8')));
const changes = (): Promise<Answer> => f.asOperator('GET', '/admin/changes');
const accept = (hash: unknown): Promise<Answer> =>
  f.asOperator('POST', '/admin/accept', { rules_hash: hash });

async function changedEvents(): Promise<unknown[]> {
  return (await f.asOperator('GET', '/audit?event_type=rules_changed')).body['items'] as unknown[];
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 30));
}

async function propose(actionType: string): Promise<unknown> {
  const { run_secret: secret } = await f.newRun();
  const body = { action_type: actionType, payload: {}, expected_outcome: 'x' };
  return (await f.ask({ method: 'POST', path: '/proposals', secret, body })).body['status'];
}

it('keeps the accepted rules in force while a file is edited, and shows the whole difference', async () => {
  expect(await propose('new_action')).toBe('pending');
  edit('policy.toml', (text) => text.replace('research_only', 'new_action'));
  const shown = await changes();
  expect(shown.body).toMatchObject({ problem: null, files: [{ path: 'policy.toml', change: 'modified' }] });
  expect(JSON.stringify(shown.body['files'])).toContain('+action_types = [\\"new_action\\"]');
  expect(await propose('new_action')).toBe('pending');
  expect(await accept(shown.body['edited'])).toMatchObject({ status: 200 });
  expect(await propose('new_action')).toBe('auto-approved');
  expect((await changes()).body).toMatchObject({ in_force: shown.body['edited'], files: [] });
});

it('accepts exactly what was shown: a later edit is refused until it was looked at', async () => {
  edit('policy.toml', (text) => text.replace('research_only', 'one'));
  const shown = (await changes()).body['edited'];
  edit('policy.toml', (text) => text.replace('"one"', '"two"'));
  expect(await accept(shown)).toMatchObject({ status: 409, body: { code: 'rules_changed' } });
  expect(await propose('two')).toBe('pending');
});

it('shows how the cases of the edited policy come out, and judges the first action after it is accepted', async () => {
  edit(
    'policy.toml',
    (text) => `${text}
[[rule]]
name = "no-data-out"
effect = "deny"
when = { action = "note", payload = { detects = "pii" } }
[[test]]
name = "data stays"
given = { action = "note", payload = { to = "ada@example.org" } }
expect = "deny"
rule = "no-data-out"
[[test]]
given = { action = "note" }
expect = "allow"
`,
  );
  const { edited, cases } = (await changes()).body;
  expect(cases).toMatchObject([
    { name: 'data stays', passed: true, effect: 'deny' },
    { name: 'test 2: note', passed: false, expected: 'allow', effect: 'require_approval', rule: 'defaults' },
  ]);
  expect(await accept(edited)).toMatchObject({ status: 200 });
  const { run_secret: secret } = await f.newRun();
  const body = { action_type: 'note', payload: { to: 'ada@example.org' }, expected_outcome: 'x' };
  const denied = { status: 'denied', rule: 'no-data-out' };
  expect((await f.ask({ method: 'POST', path: '/proposals', secret, body })).body).toMatchObject(denied);
  expect((await changes()).body['cases']).toEqual([]);
});

it('records an edit once, however often the file is written, and again after a restart only when it is another', async () => {
  edit('policy.toml', (text) => `${text}\n# edited\n`);
  await until(async () => (await changedEvents()).length === 1);
  edit('policy.toml', (text) => text);
  await new Promise((resolve) => setTimeout(resolve, 400));
  expect(await changedEvents()).toHaveLength(1);
  await f.restart();
  await new Promise((resolve) => setTimeout(resolve, 400));
  expect(await changedEvents()).toHaveLength(1);
  expect((await f.asOperator('GET', '/status')).body['rules']).toMatchObject({ changed: ['policy.toml'] });
  edit('policy.toml', (text) => `${text}\n# edited again\n`);
  await until(async () => (await changedEvents()).length === 2);
});

it('says where an edit is wrong, and does not put it in force', async () => {
  edit('policy.toml', (text) => `${text}\n[[rule]\n`);
  const shown = await changes();
  expect(shown.body).toMatchObject({
    problem: { path: 'policy.toml', line: expect.any(Number), hint: expect.any(String) },
  });
  expect(await accept(shown.body['edited'])).toMatchObject({ status: 400 });
  expect(await propose('research_only')).toBe('auto-approved');
});

it('says an edit at once in its log and its status: that it waits for accept, where it is wrong, and that it is in force', async () => {
  const log: string[] = [];
  await f.restart({ onLog: (line) => log.push(line.slice(line.indexOf(' ') + 1)) });
  const said = (text: string): Promise<void> => until(async () => log.some((line) => line.includes(text)));
  const rules = async (): Promise<unknown> => (await f.asOperator('GET', '/status')).body['rules'];
  const good = readFileSync(join(f.dir, 'policy.toml'), 'utf8');

  edit('policy.toml', () => `${good}\n[[rule]]\nname = "x"\neffect = "deny"\nwhen = { actoin = "y" }\n`);
  await said('policy.toml was edited (');
  expect(log.at(-2)).toMatch(
    /^policy\.toml was edited \([0-9a-f]{12}\): it can't be accepted, and what was accepted stays in force$/,
  );
  expect(log.at(-1)).toMatch(
    /^ {2}policy\.toml:\d+:10: rule\[0\]\.when\.actoin is nothing that a condition can look at \(did you mean action\?\)$/,
  );
  expect(await rules()).toMatchObject({
    changed: ['policy.toml'],
    problems: [{ code: 'unknown_key', path: 'policy.toml', column: 10, hint: 'did you mean action?' }],
  });

  edit('policy.toml', () => `${good}\n# an edit\n`);
  await said('not in force until you accept it: governed-agents accept');
  expect(await rules()).toMatchObject({ changed: ['policy.toml'], problems: [] });
  const { edited } = (await changes()).body;
  expect(await accept(edited)).toMatchObject({ status: 200 });
  await said(`rules accepted: ${String(edited).slice(0, 12)} is in force`);
  expect(await rules()).toMatchObject({ hash: edited, changed: [], problems: [] });

  edit('policy.toml', () => good);
  await until(async () => log.at(-1)?.startsWith('policy.toml was edited') === true);
  edit('policy.toml', () => `${good}\n# an edit\n`);
  await said('the governing files are again what is in force');
});

it('refuses the rules of another project, and files that are not plain', async () => {
  edit('governed.toml', (text) => text.replace(PROJECT_ID, PROJECT_ID.replace(/0$/, '1')));
  const shown = await changes();
  expect(shown.body).toMatchObject({ problem: { code: 'other_project' } });
  expect(await accept(shown.body['edited'])).toMatchObject({ status: 400, body: { code: 'other_project' } });
});

it('launches an agent from its accepted copy, and refuses what somebody wrote into the copy', async () => {
  const run = await f.newRun();
  const program = run.launch.command[1] ?? '';
  expect(program.startsWith(join(f.stateDir, 'accepted'))).toBe(true);
  edit('agents/noop/agent.mjs', () => 'console.log("edited");\n');
  expect(readFileSync((await f.newRun()).launch.command[1] ?? '', 'utf8')).toContain('hello');
  rmSync(program, { force: true });
  writeFileSync(program, 'console.log("altered");\n');
  await expect(f.newRun()).rejects.toThrow(/snapshot_altered/);
});

it('chooses the only task, takes a prompt instead of one, and says which tasks there are', async () => {
  const runner = { pid: process.pid, start_ticks: 1, boot_id: 'b' };
  const register = (over: object, agentId = 'noop'): Promise<Answer> =>
    f.ask({
      method: 'POST',
      path: '/runs',
      secret: f.token('runner'),
      body: { agent_id: agentId, tier: 'advisory', runner, ...over },
    });
  expect((await register({})).body['launch']).toMatchObject({ task_name: 'smoke', task_text: 'Say hello.' });
  expect((await register({ prompt: 'Do this.' })).body['launch']).toMatchObject({
    task_name: null,
    task_text: 'Do this.',
  });
  expect(await register({ task: 'other' })).toMatchObject({
    status: 404,
    body: { code: 'unknown_task', hint: expect.stringContaining('smoke') },
  });
  expect(await register({}, 'nobody')).toMatchObject({ status: 404, body: { code: 'unknown_agent' } });
  expect(
    await register({ tier: 'confined', runner: { pid: -1, start_ticks: 1, boot_id: 'b' } }),
  ).toMatchObject({ status: 400 });
});

it('tells which rule refuses a run or a model call, why, how grave it is and when to try again', async () => {
  const { run_secret: secret } = await f.newRun();
  edit(
    'policy.toml',
    (text) => `${text}
[[rule]]
name = "few-starts"
description = "One start an hour"
severity = "critical"
effect = "deny"
when = { action = "run_start", rate = { over = 1, per = "1h", by = "all" } }
[[rule]]
name = "no-m"
effect = "deny"
when = { action = "llm_call", model = "m" }
`,
  );
  expect(await accept((await changes()).body['edited'])).toMatchObject({ status: 200 });
  const body = {
    idempotency_key: 'one',
    provider: 'anthropic',
    model: 'm',
    input_tokens: 1,
    output_tokens: 1,
  };
  expect(await f.ask({ method: 'POST', path: '/reservations', secret, body })).toMatchObject({
    status: 403,
    body: {
      code: 'denied_by_rule',
      rule: 'no-m',
      reasons: ['no-m: action is "llm_call" and model is "m"'],
      severity: 'high',
      retry_after: null,
    },
  });
  await f.newRun();
  const answer = f.newRun().then(
    () => null,
    (error: Error) => JSON.parse(error.message),
  );
  expect(await answer).toMatchObject({
    code: 'denied_by_rule',
    rule: 'few-starts',
    reasons: ['few-starts: One start an hour'],
    severity: 'critical',
    retry_after: expect.any(Number),
  });
});
