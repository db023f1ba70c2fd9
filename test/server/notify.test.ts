import { appendFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { type ProjectFixture, startProject } from './project-fixture.ts';

/** Keeps what it is told; how it behaves is in a file, so that a test can change it. */
const NOTIFIER = `import { appendFileSync, existsSync, readFileSync } from 'node:fs';
let text = '';
for await (const chunk of process.stdin) text += chunk;
appendFileSync('told.jsonl', text);
appendFileSync('env.jsonl', JSON.stringify(Object.keys(process.env).sort()) + '\\n');
const mode = existsSync('mode') ? readFileSync('mode', 'utf8') : '';
if (mode === 'fail') { console.error('no network'); process.exit(3); }
if (mode === 'hang') await new Promise((r) => setTimeout(r, 60_000));
`;
const AGENT_TOML = `adapter = "command"
command = ["node", "agent.mjs"]
concurrent = 100
[budget]
day_usd = 10
warn_at = [0.5]
`;

interface Told {
  readonly kind: string;
  readonly text: string;
  readonly link: string;
  readonly seq: number;
  readonly event_type: string;
  readonly missed?: number;
}

let f: ProjectFixture;
afterEach(() => f.close());

async function start(notify: string): Promise<void> {
  f = await startProject({
    files: { 'actions/notify.mjs': NOTIFIER, 'agents/noop/agent.toml': AGENT_TOML },
    accept: false,
  });
  appendFileSync(join(f.dir, 'governed.toml'), notify);
  await accept();
}

async function accept(): Promise<void> {
  const changes = await f.asOperator('GET', '/admin/changes');
  const accepted = await f.asOperator('POST', '/admin/accept', { rules_hash: changes.body['edited'] });
  if (accepted.status !== 200) throw new Error(JSON.stringify(changes.body));
}

const NOTIFY = '[notify]\nrun = ["node", "actions/notify.mjs"]\n';

function told(): readonly Told[] {
  const path = join(f.dir, 'told.jsonl');
  if (!existsSync(path)) return [];
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Told);
}

async function toldAtLeast(count: number): Promise<readonly Told[]> {
  const until = Date.now() + 15_000;
  while (told().length < count && Date.now() < until) await sleep(20);
  // One too many would come right behind.
  await sleep(300);
  return told();
}

const propose = (secret: string, n: number) =>
  f.ask({
    method: 'POST',
    path: '/proposals',
    secret,
    body: { action_type: 'send_email', payload: { n }, expected_outcome: 'x' },
  });
const charge = (secret: string, usd: number) =>
  f.ask({
    method: 'POST',
    path: '/budget/noop/charge',
    secret,
    body: { usd, tokens: 0, tool: 't', idempotency_key: String(Math.random()) },
  });
const failures = async (): Promise<{ payload: { problem: string; failures: number } }[]> =>
  (await f.asOperator('GET', '/audit?event_type=notify_failed')).body['items'] as never;

describe('a person is told', () => {
  it('once each of what is held, near a cap, paused at a cap, paused, killed, and stopped by the kill switch', async () => {
    await start(NOTIFY);
    const run = await f.newRun();
    const other = await f.newRun();
    const made = await propose(run.run_secret, 1);
    await charge(run.run_secret, 6);
    await charge(run.run_secret, 6);
    await f.asOperator('POST', '/agents/noop/resume', {});
    await f.asOperator('POST', `/runs/${other.run_id}/pause`, { reason: 'look' });
    await f.asOperator('POST', `/runs/${other.run_id}/kill`, { reason: 'enough' });
    await f.asOperator('POST', '/agents/noop/kill', { reason: 'all of it' });
    await f.asOperator('POST', '/admin/kill-switch', { on: true, reason: 'fire' });
    const all = await toldAtLeast(7);
    const link = `http://localhost:${f.port}/`;
    expect(all.map(({ kind, event_type, text }) => [kind, event_type, text])).toEqual([
      ['held', 'proposal_submitted', expect.stringContaining('noop: send_email waits for a person')],
      ['warning', 'budget_warning', 'noop: $6.00 of $10.00 used of day_usd (agent:noop)'],
      [
        'paused',
        'agent_paused',
        'noop: paused: over day_usd: asks for up to $6.00, $4.00 of $10.00 left; raise it with `governed-agents budget raise noop --tier day --usd 12`',
      ],
      ['paused', 'run_paused', `noop (${other.run_id}): paused: look`],
      ['killed', 'run_ended', `noop (${other.run_id}): killed: enough`],
      ['killed', 'agent_killed', 'noop: killed: all of it'],
      ['killed', 'kill_switch', 'all agents: kill switch on: fire'],
    ]);
    expect(all[0]).toMatchObject({
      link: `${link}#proposal=${String(made.body['proposal_id'])}`,
      proposal_id: made.body['proposal_id'],
      agent_id: 'noop',
      payload: { proposal_payload: { n: 1 } },
      hash: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(all[3]).toMatchObject({ link });
    expect(await failures()).toEqual([]);
  });

  it('with nothing of the server’s environment but what the table names, of what it names', async () => {
    process.env['GOVERNED_TEST_SECRET'] = 'secret';
    await start(`${NOTIFY}on = ["killed"]\n[notify.env]\npass = ["HOME"]\nset = { TOPIC = "t" }\n`);
    const { run_secret: secret } = await f.newRun();
    await propose(secret, 1);
    await f.asOperator('POST', '/agents/noop/kill', {});
    expect((await toldAtLeast(1)).map(({ event_type: type }) => type)).toEqual(['agent_killed']);
    expect(JSON.parse(readFileSync(join(f.dir, 'env.jsonl'), 'utf8'))).toEqual([
      'GOVERNED_EVENT_SEQ',
      'GOVERNED_NOTIFICATION',
      'GOVERNED_NOTIFY_KIND',
      'GOVERNED_PROJECT_DIR',
      'GOVERNED_TIMEOUT_MS',
      'HOME',
      'LANG',
      'PATH',
      'TOPIC',
    ]);
  });

  it('of nothing that happened before [notify] was accepted', async () => {
    await start('');
    const { run_secret: secret } = await f.newRun();
    await propose(secret, 1);
    appendFileSync(join(f.dir, 'governed.toml'), NOTIFY);
    await accept();
    await propose(secret, 2);
    expect((await toldAtLeast(1)).map(({ event_type: type }) => type)).toEqual(['proposal_submitted']);
  });
});

describe('a restart of the server', () => {
  it('tells nothing again, and what happened while it was down', async () => {
    await start(NOTIFY);
    const { run_secret: secret } = await f.newRun();
    await propose(secret, 1);
    await toldAtLeast(1);
    await f.restart();
    await propose(secret, 2);
    expect(await toldAtLeast(2)).toHaveLength(2);
    await f.restart();
    expect(await toldAtLeast(2)).toHaveLength(2);
  });

  it('tells again what was being told when it ended, and leaves no program behind', async () => {
    await start(`${NOTIFY}timeout = "30s"\n`);
    writeFileSync(join(f.dir, 'mode'), 'hang');
    const { run_secret: secret } = await f.newRun();
    await propose(secret, 1);
    await toldAtLeast(1);
    await f.stop();
    expect(existsSync(join(f.stateDir, 'notifying.json'))).toBe(false);
    const left = readdirSync('/proc').filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/environ`, 'utf8').includes(`GOVERNED_PROJECT_DIR=${f.dir}\0`);
      } catch {
        return false;
      }
    });
    expect(left).toEqual([]);
    writeFileSync(join(f.dir, 'mode'), '');
    await f.restart();
    const all = await toldAtLeast(2);
    expect(all).toHaveLength(2);
    expect(all[0]?.seq).toBe(all[1]?.seq);
  });
});

describe('a notifier that fails', () => {
  it('changes no decision and holds nothing up; it is in the record and the log, and not once for each', async () => {
    await start(NOTIFY);
    writeFileSync(join(f.dir, 'mode'), 'fail');
    const { run_secret: secret } = await f.newRun();
    const made = await Promise.all(Array.from({ length: 5 }, (_, n) => propose(secret, n)));
    expect(made.map(({ status }) => status)).toEqual([201, 201, 201, 201, 201]);
    expect(await toldAtLeast(5)).toHaveLength(5);
    const recorded = await failures();
    expect(recorded).toHaveLength(1);
    expect(recorded[0]?.payload.problem).toContain('it exited with 3: no network');
    expect(
      readFileSync(join(f.stateDir, 'server.log'), 'utf8').match(/\[notify\]: it exited with 3/g),
    ).toHaveLength(5);
  });

  it('is ended when its time is over, while the server goes on', async () => {
    await start(`${NOTIFY}timeout = "400ms"\n`);
    writeFileSync(join(f.dir, 'mode'), 'hang');
    const { run_secret: secret } = await f.newRun();
    await propose(secret, 1);
    await toldAtLeast(1);
    expect((await propose(secret, 2)).status).toBe(201);
    expect(await toldAtLeast(2)).toHaveLength(2);
    expect((await failures())[0]?.payload.problem).toContain('killed after 400 ms');
  });

  it('passes over the oldest of what waits when too much does, and says how many', async () => {
    await start(`${NOTIFY}timeout = "9s"\n`);
    writeFileSync(join(f.dir, 'mode'), 'hang');
    const runs = await Promise.all(Array.from({ length: 5 }, () => f.newRun()));
    await propose(runs[0]?.run_secret ?? '', 0);
    await toldAtLeast(1);
    for (const { run_secret: secret } of runs)
      await Promise.all(Array.from({ length: 30 }, (_, n) => propose(secret, n)));
    writeFileSync(join(f.dir, 'mode'), 'fail');
    const all = await toldAtLeast(3);
    expect(all[1]?.missed).toBe(50);
    const recorded = (await failures()).map(({ payload }) => payload.problem);
    expect(recorded.length).toBeGreaterThan(0);
  });

  it('that is not there is said to be missing', async () => {
    await start('[notify]\nrun = ["no-such-notifier"]\n');
    const { run_secret: secret } = await f.newRun();
    await propose(secret, 1);
    const until = Date.now() + 10_000;
    while ((await failures()).length === 0 && Date.now() < until) await sleep(30);
    expect((await failures())[0]?.payload.problem).toContain('no-such-notifier');
  });
});
