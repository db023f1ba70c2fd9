// What one run may spend, and what an agent is for, as the dashboard and the terminal show them.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { identify } from '../../src/process/entry.ts';
import { type ProjectFixture, startProject } from './project-fixture.ts';

const agent = (more: string): string => `adapter = "command"\ncommand = ["true"]\nconcurrent = 9\n${more}`;

let f: ProjectFixture;
beforeAll(async () => {
  f = await startProject({
    files: {
      'agents/each/agent.toml': agent('[budget]\nrun_usd = 0.5\n[profile]\npurpose = "ls in /srv/a"\n'),
      'agents/said/agent.toml': agent('[limits]\ntimeout = "1m"\n'),
    },
  });
});
afterAll(() => f.close());

async function start(agentId: string, usd?: number): Promise<string> {
  const self = identify(process.pid);
  if (self === undefined) throw new Error('this process has no identity');
  const body = {
    agent_id: agentId,
    tier: 'advisory',
    ...(usd === undefined ? {} : { budget_usd: usd }),
    runner: { pid: self.pid, start_ticks: self.startTicks, boot_id: self.bootId },
  };
  const { status, body: made } = await f.ask({
    method: 'POST',
    path: '/runs',
    secret: f.token('runner'),
    body,
  });
  if (status !== 201) throw new Error(JSON.stringify(made));
  return String(made['run_id']);
}

async function row(agentId: string): Promise<Record<string, unknown>> {
  const { body } = await f.asOperator('GET', '/scoreboard');
  const rows = body['items'] as Record<string, unknown>[];
  return rows.find((each) => each['agent_id'] === agentId) ?? {};
}

it('is the tightest of what the rules give each run and what was said when it was started, while the run lives', async () => {
  const cap = async (id: string): Promise<unknown> => {
    const { body } = await f.asOperator('GET', `/runs/${id}`);
    return [body['cap_micro_usd'], body['cap_usd']];
  };
  expect(await cap(await start('each'))).toEqual([500_000, 0.5]);
  expect(await cap(await start('each', 0.25))).toEqual([250_000, 0.25]);
  expect(await cap(await start('each', 2))).toEqual([500_000, 0.5]);
  const said = await start('said', 1);
  expect(await cap(said)).toEqual([1_000_000, 1]);
  expect((await f.asOperator('POST', `/runs/${said}/kill`, {})).status).toBe(200);
  expect(await cap(said)).toEqual([null, null]);
});

it('is said of an agent by its rules, else by its newest run; and so is what it is for', async () => {
  expect(await row('each')).toMatchObject({
    purpose: 'ls in /srv/a',
    run_cap_micro_usd: 500_000,
    run_cap_of: 'each_run',
  });
  await start('said', 3);
  expect(await row('said')).toMatchObject({
    purpose: null,
    run_cap_micro_usd: 3_000_000,
    run_cap_of: 'newest_run',
  });
  expect(await row('noop')).toMatchObject({ run_cap_micro_usd: null, run_cap_of: null });
});
