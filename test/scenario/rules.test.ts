// Each ready-made rule file in force on a real server, with real agents asking through the gateways of their runs: what passes, what
// waits, what is refused, and with which words. `policy explain` has said the same before.
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually, Scenario } from './harness.ts';

const FOLDER = resolve(import.meta.dirname, '../../templates/rules');
const template = (name: string): string => readFileSync(join(FOLDER, `${name}.toml`), 'utf8');

/** Asks for everything in its workspace's asks.json, in order, and prints what it is answered. */
const AGENT = `import { readFileSync } from 'node:fs';
for (const [path, body] of JSON.parse(readFileSync('asks.json', 'utf8'))) {
  const answer = await fetch(process.env.GOVERNED_GATEWAY + path, {
    method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body),
  });
  console.log('ANSWER ' + JSON.stringify({ status: answer.status, ...(await answer.json()) }));
}
`;
const agentToml = (role: string): string => `adapter = "command"
command = ["node", "agent.mjs"]
risk = "low"
[tools]
allow = ["Read", "Bash(ls *)"]
[budget]
day_usd = 10_000
run_usd = 10_000
[labels]
role = "${role}"
[confine]
mode = "off"
`;

let scenario: Scenario;
beforeAll(async () => {
  scenario = await Scenario.create((each) => {
    for (const role of ['clerk', 'admin']) {
      each.write(`agents/${role}/agent.toml`, agentToml(role));
      each.write(`agents/${role}/agent.mjs`, AGENT);
    }
    const settings = each.read('governed.toml');
    each.write('governed.toml', settings.replace(/^(day|month)_usd = \d+$/gm, '$1_usd = 10_000'));
  });
  await scenario.serve();
}, 60_000);
afterAll(() => scenario.close());

type Ask = readonly [path: '/proposals' | '/tool-calls', body: Readonly<Record<string, unknown>>];
type Said = Readonly<Record<string, unknown>>;

const propose = (action_type: string, payload: unknown, more: object = {}): Ask => [
  '/proposals',
  { action_type, payload, expected_outcome: 'it is done', ...more },
];

async function accept(policy: string): Promise<void> {
  scenario.write('policy.toml', policy);
  const said = await scenario.run(['accept', '--yes', '--json']);
  expect(said.code, said.stderr).toBe(0);
}

/** What the person who started the newest run was told beside its lines. */
let heard = '';

/** One run of an agent: what it was answered, in order. */
async function ask(agent: string, asks: readonly Ask[]): Promise<readonly Said[]> {
  scenario.write(`agents/${agent}/workspace/asks.json`, JSON.stringify(asks));
  const run = await scenario.run(['run', agent, '-p', 'ask']);
  expect(run.code, run.stderr).toBe(0);
  heard = run.stderr;
  const answers = [...run.stdout.matchAll(/ANSWER (\{.*\})$/gm)].map(
    ([, json]) => JSON.parse(json ?? '') as Said,
  );
  expect(answers).toHaveLength(asks.length);
  return answers;
}

async function explained(agent: string, action: string, payload: unknown): Promise<Said> {
  const said = await scenario.run([
    'policy',
    'explain',
    action,
    '--agent',
    agent,
    '--payload',
    JSON.stringify(payload),
    '--json',
  ]);
  expect(said.code, said.stderr).toBe(0);
  return JSON.parse(said.stdout) as Said;
}

const passed = { status: 'auto-approved' };
const waits = (rule: string, ...reasons: string[]) => ({ status: 'pending', rule, reasons });
const denied = (rule: string, ...reasons: string[]) => ({ status: 'denied', rule, reasons });

describe('the ready-made rules', () => {
  it.each(readdirSync(FOLDER))('%s passes its own cases with `policy test`', async (file) => {
    const said = await scenario.run(['policy', 'test', join(FOLDER, file)]);
    expect(said, said.stdout).toMatchObject({ code: 0 });
    expect(said.stdout).toMatch(/: \d+ cases, \d+ passed\n$/);
  });

  it('refunds: over $100 a person decides, and what is no number too', async () => {
    await accept(template('refunds'));
    const asked = [100, 100.01, '50', -5];
    const answers = await ask(
      'clerk',
      asked.map((amount) => propose('refund_payment', { amount })),
    );
    expect(answers).toMatchObject([
      { ...passed, rule: 'small-refunds' },
      waits('big-refunds', 'big-refunds: Refunds over $100 need a person'),
      waits(
        'big-refunds',
        'big-refunds needs a person to look: payload.amount is text, not a number',
        'no rule matches refund_payment; defaults.effect is require_approval',
        'small-refunds does not allow it: payload.amount is text, not a number',
      ),
      waits('defaults', 'no rule matches refund_payment; defaults.effect is require_approval'),
    ]);
    for (const [index, amount] of asked.entries()) {
      const { rule, reasons } = await explained('clerk', 'refund_payment', { amount });
      expect({ rule, reasons }).toEqual({
        rule: answers[index]?.['rule'],
        reasons: answers[index]?.['reasons'],
      });
    }
  });

  it('personal data: what holds some is denied, with its kind and never the thing itself', async () => {
    await accept(template('personal-data'));
    const card = { body: 'card 4111 1111 1111 1111' };
    const token = { body: `use ghp_${'a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8'}` };
    const answers = await ask('clerk', [
      propose('send_email', { body: 'shipped in 2 boxes' }),
      propose('send_email', card),
      propose('publish_content', token),
    ]);
    expect(answers).toMatchObject([
      passed,
      denied(
        'no-personal-data-out',
        'no-personal-data-out: Personal data never leaves by itself (payload holds a payment card number)',
      ),
      denied('no-secrets-out', 'no-secrets-out: Secrets never leave (payload holds a GitHub token)'),
    ]);
    expect(answers[1]).toMatchObject({ severity: 'critical' });
    expect(await explained('clerk', 'send_email', card)).toMatchObject({
      effect: 'deny',
      rule: 'no-personal-data-out',
    });
  });

  it('office hours: outside of them payments are denied, inside they pass', async () => {
    const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
    // In three days it is another day everywhere.
    const far = days[(new Date().getUTCDay() + 3) % 7];
    const never = template('office-hours').replaceAll('2026-12-24..2027-01-03', '2020-12-24..2021-01-03');
    await accept(never.replaceAll('Mon-Fri 09:00-17:00', `${far} 09:00-17:00`));
    const payment = propose('execute_transaction', { to: 'ACME', amount: 10 }, { expected_cost_usd: 0.25 });
    const reason = `office-hours: Payments go out ${far} 09:00-17:00 in Berlin`;
    expect(await ask('clerk', [payment])).toMatchObject([denied('office-hours', reason)]);
    await accept(never.replaceAll('Mon-Fri 09:00-17:00', 'Mon-Sun 00:00-24:00'));
    expect(await ask('clerk', [payment])).toMatchObject([passed]);
    // The rules as they are shipped, at a time of choice.
    await accept(template('office-hours'));
    const at = async (time: string): Promise<Said> => {
      const said = await scenario.run(['policy', 'explain', 'execute_transaction', '--at', time, '--json']);
      return JSON.parse(said.stdout) as Said;
    };
    expect(await at('2026-07-08T06:59:59Z')).toMatchObject({ effect: 'deny', rule: 'office-hours' });
    expect(await at('2026-07-08T07:00:00Z')).toMatchObject({ effect: 'allow' });
    expect(await at('2026-12-29T11:00:00Z')).toMatchObject({ effect: 'deny', rule: 'books-closed' });
  });

  it('calls a minute: the sixty-first is denied, and told when to try again', async () => {
    await accept(template('calls-a-minute'));
    const calls = Array.from(
      { length: 61 },
      (_, n): Ask => ['/tool-calls', { tool: 'Read', input: { file_path: `${n}.txt` } }],
    );
    const answers = await ask('clerk', calls);
    expect(answers.slice(0, 60).every(({ verdict }) => verdict === 'allow')).toBe(true);
    expect(answers[60]).toMatchObject({
      verdict: 'deny',
      rule: 'calls-a-minute',
      reasons: ['calls-a-minute: At most 60 tool calls a minute'],
      retry_after: expect.any(Number),
    });
    const wait = Number(answers[60]?.['retry_after']);
    expect(wait).toBeGreaterThan(0);
    expect(wait).toBeLessThanOrEqual(60);
    expect(await explained('clerk', 'tool:Read', { file_path: 'one-more.txt' })).toMatchObject({
      effect: 'deny',
      rule: 'calls-a-minute',
      retry_after: expect.any(Number),
    });
    expect(await explained('admin', 'tool:Read', { file_path: 'one-more.txt' })).toMatchObject({
      effect: 'allow',
    });
  });

  it('daily spend: over $100 a clerk is denied until the window moves on, an admin is not', async () => {
    await accept(template('daily-spend'));
    const buy = (usd: number): Ask => propose('order_supplies', { usd }, { expected_cost_usd: usd });
    const answers = await ask('clerk', [buy(60), buy(39), buy(2), buy(0.5)]);
    expect(answers).toMatchObject([
      passed,
      passed,
      denied('daily-spend', 'daily-spend: Agents without the role admin spend at most $100 a day'),
      passed,
    ]);
    expect(await ask('admin', [buy(60), buy(60)])).toMatchObject([passed, passed]);
  });

  it('production: an admin’s agent waits an hour at most for a person, any other is denied', async () => {
    await accept(template('production'));
    const change = propose('update_record', { resource: 'production/db', set: { a: 1 } });
    expect(await ask('clerk', [change, propose('update_record', { resource: 'staging/db' })])).toMatchObject([
      denied(
        'production-needs-admin',
        'production-needs-admin: Only agents with the role admin touch production',
      ),
      passed,
    ]);
    const why = 'Only agents with the role admin touch production';
    expect(heard).toMatch(new RegExp(`prp_\\w+ is denied by production-needs-admin: ${why}$`, 'm'));
    const [held] = await ask('admin', [change]);
    expect(held).toMatchObject(
      waits(
        'production-within-an-hour',
        'production-within-an-hour: A person agrees within an hour, or it lapses',
      ),
    );
    const minutes = (Date.parse(String(held?.['expires_at'])) - Date.now()) / 60_000;
    expect(minutes).toBeGreaterThan(50);
    expect(minutes).toBeLessThanOrEqual(60);
  });

  it('purpose: data is read for an agreed one, waits for another, and not at all for none', async () => {
    await accept(template('purpose'));
    const read = (purpose?: unknown): Ask =>
      propose('read_customer_data', { customer: 7, ...(purpose === undefined ? {} : { purpose }) });
    expect(await ask('clerk', [read('billing'), read(), read('curiosity')])).toMatchObject([
      { ...passed, rule: 'agreed-purposes' },
      denied('no-purpose', "no-purpose: Access to customers' data needs a purpose"),
      waits('other-purposes', 'other-purposes: A purpose that was not agreed is for a person to judge'),
    ]);
  });

  it('personal data: a secret that a tool brings back stops the run until a person has looked', async () => {
    await accept(template('personal-data'));
    const agent = `${AGENT}
const call = await fetch(process.env.GOVERNED_GATEWAY + '/tool-calls', { method: 'POST', headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ tool: 'Read', input: { file_path: '.env' } }) });
const { tool_call_id: id } = await call.json();
const kept = await fetch(process.env.GOVERNED_GATEWAY + '/tool-calls/' + id + '/result', { method: 'POST',
  headers: { 'content-type': 'application/json' }, body: JSON.stringify({ result: 'TOKEN=ghp_' + 'a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8' }) });
console.log('RESULT ' + JSON.stringify(await kept.json()));
console.log('ON ' + JSON.stringify(await (await fetch(process.env.GOVERNED_GATEWAY + '/proposals', { method: 'POST',
  headers: { 'content-type': 'application/json' }, body: JSON.stringify({ action_type: 'note', payload: {}, expected_outcome: 'x' }) })).json()));
`;
    scenario.write('agents/clerk/agent.mjs', agent);
    scenario.write('agents/clerk/workspace/asks.json', '[]');
    await accept(template('personal-data'));
    const run = scenario.start(['run', 'clerk', '-p', 'ask']);
    const paused = await eventually(async () => {
      const { body } = await scenario.asOperator('GET', '/runs?agent_id=clerk');
      const [newest] = (body as unknown as { items: Record<string, unknown>[] }).items;
      return newest?.['status'] === 'paused' ? newest : null;
    }, 'the run is paused');
    expect(JSON.stringify(paused)).toContain('what Read brought back: no-secrets-in');
    const flags = await scenario.asOperator('GET', '/audit?event_type=audit_flag_tool_result');
    expect(JSON.stringify(flags.body)).toContain('a GitHub token');
    expect(JSON.stringify(flags.body)).not.toContain('ghp_');
    const resumed = await scenario.run(['resume', String(paused['run_id'])]);
    expect(resumed.code, resumed.stderr).toBe(0);
    const ended = await run.finished;
    expect(ended.stdout).toContain('"kept":false,"verdict":"deny","rule":"no-secrets-in"');
    expect(ended.stdout).toMatch(/ON \{.*"status":"auto-approved"/);
  }, 60_000);
});
