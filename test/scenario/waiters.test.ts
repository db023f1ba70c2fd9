// Proposals that wait outlive the server. It is killed while an agent waits for an approval, a rejection, an expiry and a held tool call:
// when it is back, each is decided as ever, and the agent and its runner learn of every one, also of what ended while nobody was there.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, it, vi } from 'vitest';
import { eventually, type Running, Scenario } from './harness.ts';

vi.setConfig({ testTimeout: 90_000, hookTimeout: 60_000 });

const AGENT = `
const G = process.env.GOVERNED_GATEWAY;
const ask = async (path, body) => {
  const init = body === undefined ? {} : { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  return (await fetch(G + path, init)).json();
};
const propose = (name, more) =>
  ask('/proposals', { action_type: 'send_email', payload: { to: name }, expected_outcome: name, ...more });
const waits = {
  approved: (await propose('a')).proposal_id,
  rejected: (await propose('r')).proposal_id,
  expiring: (await propose('e', { expires_at: new Date(Date.now() + 3000).toISOString() })).proposal_id,
  call: (await ask('/tool-calls', { tool: 'Bash', input: { command: 'ls' } })).proposal_id,
};
console.log('waiting ' + JSON.stringify(waits));
await Promise.all(
  Object.entries(waits).map(async ([name, id]) => {
    for (;;) {
      const now = await ask('/proposals/' + id + '?wait=30s').catch(() => ({}));
      if (typeof now.status !== 'string') await new Promise((go) => setTimeout(go, 100));
      else if (now.status !== 'pending') {
        console.log('learned ' + name + ' ' + now.status + ' ' + now.decided_by.kind + ' ' + now.note);
        return;
      }
    }
  }),
);
const variant = await propose('r', { payload: { to: 'R', body: 'other' } });
console.log('variant ' + variant.status + ' ' + variant.rule);
`;

let scenario: Scenario;
afterEach(() => scenario.close());

async function kill(server: Running): Promise<void> {
  server.child.kill('SIGKILL');
  await server.finished;
}

it('tells an agent and its runner of an approval, a rejection and an expiry across a server that was killed', async () => {
  scenario = await Scenario.create((made) => {
    made.write('agents/noop/agent.mjs', AGENT);
    made.write(
      'agents/noop/agent.toml',
      `${made.read('agents/noop/agent.toml')}[tools]\nrequire_approval = ["Bash"]\n`,
    );
  });
  const first = await scenario.serve();
  const run = scenario.start(['run', 'noop']);
  const [, text = '{}'] = await run.says(/waiting (\{.*\})/);
  const waits = JSON.parse(text) as Record<'approved' | 'rejected' | 'expiring' | 'call', string>;
  await kill(first);
  await sleep(3_200);
  await scenario.serve();

  // Nobody asks for it: the server notices by itself what ended while it was away.
  const expired = `/audit?event_type=proposal_expired&proposal_id=${waits.expiring}`;
  await eventually(async () => {
    const { body } = await scenario.asOperator('GET', expired);
    return (body['items'] as unknown[]).length === 1 ? true : null;
  }, 'the expiry');
  await run.says(new RegExp(`${waits.expiring} is expired`));

  const decide = async (id: string, more: readonly string[]): Promise<void> => {
    const { body } = await scenario.asOperator('GET', `/proposals/${id}`);
    expect(body['status']).toBe('pending');
    const hash = more[0] === 'approve' ? ['--payload-hash', String(body['payload_hash'])] : [];
    const said = await scenario.run([more[0] ?? '', id, ...more.slice(1), ...hash]);
    expect(said.code, said.stderr).toBe(0);
  };
  await decide(waits.approved, ['approve']);
  await decide(waits.rejected, ['reject', '--note', 'not to them', '--final']);
  await decide(waits.call, ['approve']);

  const ended = await run.finished;
  expect(ended.code, ended.stderr).toBe(0);
  expect(ended.stdout).toContain('learned approved approved operator null');
  expect(ended.stdout).toContain('learned rejected rejected operator not to them');
  expect(ended.stdout).toContain('learned expiring expired timeout null');
  expect(ended.stdout).toContain('learned call approved operator null');
  expect(ended.stdout).toContain('variant denied final_rejection');
  for (const [id, status] of [
    [waits.approved, 'approved'],
    [waits.rejected, 'rejected'],
    [waits.expiring, 'expired'],
    [waits.call, 'approved'],
  ]) {
    expect(ended.stderr + ended.stdout).toContain(`${id} is ${status}`);
  }
  const late = await scenario.run(['approve', waits.expiring, '--payload-hash', 'f'.repeat(64)]);
  expect(late.code).toBe(5);
  const list = await scenario.run(['proposals']);
  expect(list.stdout).toContain('nobody decided in time');
  expect(list.stdout).toContain('by an operator');
  expect(list.stdout).toContain('by the rule final_rejection');
});
