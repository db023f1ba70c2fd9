// Changed rules tried on what agents really did: decisions of the real gate, over the gateway of a real run, replayed by the command line,
// by the server and before an accept.
import { afterEach, expect, it } from 'vitest';
import type { WireEditSimulated, WireSimulated } from '../../src/server/wire/simulation.ts';
import { Scenario } from './harness.ts';

let scenario: Scenario;
afterEach(() => scenario.close());

const AGENT = `
const post = async (path, body) => {
  const response = await fetch(process.env.GOVERNED_GATEWAY + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok) console.log('REFUSED ' + response.status + ' ' + (await response.text()));
};
const expected_outcome = 'it is done';
for (let n = 1; n <= 8; n += 1) {
  await post('/proposals', { action_type: 'refund_payment', payload: { amount: n * 25 }, expected_outcome, expected_cost_usd: 0.01 });
  await post('/proposals', { action_type: 'send_email', payload: { to: 'jane.roe@example.com', body: 'hidden \\u202e text ' + n }, expected_outcome });
  await post('/tool-calls', { tool: 'Bash', input: { command: n % 2 === 0 ? 'rm -rf x' : 'echo ' + n } });
}
console.log('DONE');
`;

const REFUNDS = `
[[rule]]
name = "small-refunds"
effect = "allow"
when = { action = "refund_payment", payload.amount = { lte = 100 } }
`;

async function worked(): Promise<void> {
  scenario = await Scenario.create((made) => {
    made.write('agents/hello/agent.mjs', AGENT);
    made.write('policy.toml', `${made.read('policy.toml')}${REFUNDS}`);
    made.write('governed.toml', made.read('governed.toml').replace('pause = 5 }', 'pause = 500 }'));
  });
  await scenario.serve();
  const run = await scenario.run(['run', 'hello', 'hello']);
  expect(`${run.stdout}${run.stderr}`).not.toContain('REFUSED');
  expect(run.code).toBe(0);
}

async function simulated(...args: readonly string[]): Promise<WireSimulated> {
  const { code, stdout, stderr } = await scenario.run(['policy', 'simulate', '--json', ...args]);
  expect({ code, stderr }).toMatchObject({ code: 0 });
  return JSON.parse(stdout) as WireSimulated;
}

it('finds no difference without a change, and exactly the expected ones for tightened and loosened rules', async () => {
  await worked();
  const same = await simulated();
  expect(same).toMatchObject({ actions: 25, differences: 0, not_as_recorded: 0, not_replayed: { total: 0 } });
  expect(same.as_recorded).toEqual({ allow: 9, require_approval: 12, deny: 4 });
  expect(same.by_rules_in_force).toEqual(same.as_recorded);

  const accepted = scenario.read('policy.toml');
  scenario.write(
    'policy.toml',
    `${accepted.replace('lte = 100', 'lte = 50')}
[[rule]]
name = "no-addresses-out"
effect = "deny"
when = { action = "send_email", payload.to = { detects = "pii" } }
[[rule]]
name = "few-commands"
effect = "deny"
when = { action = "tool:Bash", rate = { over = 2, per = "1h", by = "agent" } }
`,
  );
  const tight = await simulated();
  expect(tight).toMatchObject({ differences: 12, stricter: 12, looser: 0 });
  const changes = tight.changes.map(({ action, from, to, rule_changed: rule, count }) => [
    action,
    from,
    to,
    rule,
    count,
  ]);
  expect(changes.sort()).toEqual([
    ['refund_payment', 'allow', 'require_approval', 'defaults', 2],
    ['send_email', 'require_approval', 'deny', 'no-addresses-out', 8],
    ['tool:Bash', 'allow', 'deny', 'few-commands', 2],
  ]);

  scenario.write('looser.toml', accepted.replace('lte = 100', 'lte = 175'));
  const loose = await simulated('looser.toml');
  expect(loose).toMatchObject({ differences: 3, stricter: 0, looser: 3 });
  expect(loose.examples.map(({ content }) => content)).toEqual([
    '{"amount":125}',
    '{"amount":150}',
    '{"amount":175}',
  ]);

  const text = await scenario.run(['policy', 'simulate', '--limit', '1']);
  expect(text.stdout).toContain('12 would be decided otherwise (12 more strictly)');
  expect(text.stdout).toContain('8 × send_email: held by never_auto_approve → denied by no-addresses-out');
  expect(text.stdout).toContain('Examples (1 of 12)');
  expect(text.stdout).toContain('hidden ⟨U+202E⟩ text 1');
});

it('says it before an edit is accepted, over HTTP too, and reads the store when no server runs', async () => {
  await worked();
  scenario.write('policy.toml', scenario.read('policy.toml').replace('lte = 100', 'lte = 50'));
  const refused = await scenario.run(['accept']);
  expect(refused.code).toBe(9);
  expect(refused.stdout).toContain(
    'Against 25 actions of the last 7 days, 2 would be decided otherwise (2 more strictly).',
  );
  expect(refused.stdout).toContain('2 × refund_payment: allowed by small-refunds → held by defaults');

  const asked = await scenario.request('GET', '/admin/simulation', { token: scenario.token('viewer') });
  expect(asked.status).toBe(200);
  const body = asked.body as unknown as WireEditSimulated;
  expect(body).toMatchObject({ actions: 25, differences: 2, bound: { days: 7, actions: 10_000 } });
  const changed = await scenario.asOperator('GET', '/admin/changes');
  expect(body.changed).toBe(changed.body['edited']);
  for (const token of ['brake', 'runner'] as const) {
    expect(
      (await scenario.request('GET', '/admin/simulation', { token: scenario.token(token) })).status,
    ).toBe(403);
  }

  await scenario.run(['down']);
  expect(await simulated()).toMatchObject({ actions: 25, differences: 2 });
  const now = new Date().toISOString();
  expect(await simulated('--since', now)).toMatchObject({ actions: 0, differences: 0, from: null });
  const ahead = await scenario.run(['policy', 'simulate', '--since', '2100-01-01']);
  expect(ahead.code).toBe(2);
  expect(ahead.stderr).toContain('is still to come');
});

it('says what is wrong with rules that are broken, where, and what to do, and replays nothing', async () => {
  await worked();
  scenario.write(
    'broken.toml',
    '[auto_approve]\naction_types = ["a"]\n[[rule]]\nname = "x"\neffect = "refuse"\n',
  );
  const broken = await scenario.run(['policy', 'simulate', 'broken.toml']);
  expect(broken.code).toBe(2);
  expect(broken.stderr).toMatch(/error: broken\.toml:5:\d+: .*effect/);
  expect(broken.stderr).toContain('hint:');
  const missing = await scenario.run(['policy', 'simulate', 'nowhere.toml']);
  expect(missing).toMatchObject({ code: 2, stdout: '' });
  expect(missing.stderr).toContain("nowhere.toml can't be read");
  scenario.write('policy.toml', 'effect = ');
  expect(
    await scenario.request('GET', '/admin/simulation', { token: scenario.token('operator') }),
  ).toMatchObject({
    status: 409,
    body: { code: 'rules_invalid' },
  });
  const edited = await scenario.run(['policy', 'simulate']);
  expect(edited.code).toBe(2);
  expect(edited.stderr).toContain('error: policy.toml:1:');
  for (const args of [
    ['--limit', '0'],
    ['--since', 'yesterday'],
    ['a.toml', 'b.toml'],
  ]) {
    expect((await scenario.run(['policy', 'simulate', ...args])).code).toBe(2);
  }
});

it('needs a project with rules in force', async () => {
  scenario = await Scenario.create();
  const nowhere = await scenario.run(['policy', 'simulate'], { cwd: scenario.root });
  expect(nowhere.code).toBe(2);
  expect(nowhere.stderr).toContain('there is no governed.toml');
  const elsewhere = { env: { GOVERNED_STATE_HOME: `${scenario.root}/other` } };
  const stateless = await scenario.run(['policy', 'simulate'], elsewhere);
  expect(stateless.code).toBe(1);
  expect(stateless.stderr).toContain('governed-agents accept');
  expect(await simulated()).toMatchObject({ actions: 0, differences: 0 });
});
