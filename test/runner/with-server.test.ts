import { afterEach, describe, expect, it } from 'vitest';
import { stateLayout } from '../../src/config/entry.ts';
import { type RunHandle, type RunObserver, type RunResult, runAgent } from '../../src/runner/entry.ts';
import { type Provider, type ProviderReply, startProvider } from '../fixtures/provider.ts';
import { witnessed } from '../process/tree-fixture.ts';
import { PROJECT_ID, type ProjectFixture, startProject } from '../server/project-fixture.ts';
import { until } from './gateway-fixture.ts';
import { processState, rootPidOf } from './run-fixture.ts';

/** What every agent here may use: its gateway, and a way to say what it got. */
const PRELUDE = `
const gateway = process.env.GOVERNED_GATEWAY;
const say = (...words) => console.log(JSON.stringify(words));
const post = async (path, body) => {
  const answer = await fetch(gateway + path, { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } });
  return { status: answer.status, ...(await answer.json().catch(() => ({}))) };
};
const get = async (path) => (await fetch(gateway + path)).json();
const email = { action_type: 'send_email', payload: { to: 'a@example.com' }, expected_outcome: 'sent' };
const model = (max_tokens = 1000) => post('/anthropic/v1/messages', { model: 'm', max_tokens, messages: [{ role: 'user', content: 'hi' }] });
`;

let project: ProjectFixture;
let provider: Provider;
let reply: () => ProviderReply;
const runs: RunHandle[] = [];
const lines: unknown[][] = [];
const held: string[] = [];

async function open(agent: string, onCap: 'pause' | 'end' = 'pause'): Promise<void> {
  provider = await startProvider(() => reply());
  project = await startProject({
    files: {
      'governed.toml': `[project]
id = "${PROJECT_ID}"
timezone = "UTC"
[providers.anthropic]
base_url = "${provider.url}"
key = { env = "PROVIDER_KEY" }
[prices."m"]
input_usd_per_mtok = 1
output_usd_per_mtok = 10
cache_read_usd_per_mtok = 1
cache_write_5m_usd_per_mtok = 1
cache_write_1h_usd_per_mtok = 1
`,
      'agents/noop/agent.toml': `adapter = "command"
command = ["node", "agent.mjs"]
[budget]
day_usd = 1000
on_cap = "${onCap}"
`,
      'agents/noop/agent.mjs': `${PRELUDE}\n${agent}`,
    },
  });
}

async function start(budgetUsd?: number): Promise<RunHandle> {
  const observer: RunObserver = {
    onLine: (stream, text) => {
      if (stream === 'stdout') lines.push(JSON.parse(text) as unknown[]);
      else throw new Error(text);
    },
    onHeld: ({ proposalId }) => held.push(proposalId),
  };
  const started = await runAgent({
    state: stateLayout(project.stateDir),
    projectDir: project.dir,
    runnerToken: project.token('runner'),
    agentId: 'noop',
    env: { PROVIDER_KEY: 'sk-real' },
    observer,
    ...(budgetUsd === undefined ? {} : { budgetUsd }),
  });
  if (started.result !== 'started') throw new Error(JSON.stringify(started));
  runs.push(started.run);
  return started.run;
}

const recorded = async (run: RunHandle): Promise<Record<string, unknown>> =>
  (await project.asOperator('GET', `/runs/${run.runId}`)).body;

afterEach(async () => {
  for (const run of runs.splice(0)) {
    run.kill('the test is over');
    await run.ended;
  }
  await project.close();
  await provider.close();
  lines.length = 0;
  held.length = 0;
});

describe('a run under the real server', () => {
  it('proposes, is held, is approved by a person, acts and ends', async () => {
    await open(`
      const { proposal_id } = await post('/proposals', email);
      const { status } = await get('/proposals/' + proposal_id + '?wait=30s');
      say(status);
      say((await post('/proposals/' + proposal_id + '/outcome', { outcome: 'executed' })).status === 'executed');
      await post('/runs/me/end', { reason: 'goal_reached', note: 'sent' });`);
    const run = await start();
    await until(() => held.length === 1, 'it is held');
    expect(await recorded(run)).toMatchObject({ status: 'held', supervised: true });
    const shown = await project.asOperator('GET', `/proposals/${held[0]}`);
    const decision = { decision: 'approve', payload_hash: shown.body['payload_hash'] };
    expect((await project.asOperator('POST', `/proposals/${held[0]}/decision`, decision)).status).toBe(200);
    expect(await run.ended).toMatchObject({ status: 'succeeded', isRecorded: true });
    expect(lines).toEqual([['approved'], [true]]);
    expect(await recorded(run)).toMatchObject({
      status: 'succeeded',
      end_reason: 'exit code 0',
      exit_code: 0,
    });
  });

  it('cannot decide for itself, and every attempt is flagged', async () => {
    await open(`
      const { proposal_id, payload_hash } = await post('/proposals', email);
      say((await post('/proposals/' + proposal_id + '/decision', { decision: 'approve', payload_hash })).status);
      say((await post('/runs/' + process.env.GOVERNED_RUN_ID + '/end', { status: 'succeeded', reason: 'x' })).status);
      say((await post('/reservations', {})).status);
      say((await post('/admin/kill-switch', { on: false, reason: 'x' })).status);
      say((await get('/proposals/' + proposal_id)).status);`);
    const run = await start();
    expect(await run.ended).toMatchObject({ status: 'succeeded' });
    expect(lines).toEqual([[403], [403], [403], [403], ['pending']]);
    const flags = await project.asOperator('GET', '/audit?event_type=audit_flag_forged_decision');
    expect((flags.body['items'] as unknown[]).length).toBeGreaterThan(0);
  });

  it('is stopped at its cap: our count is the provider’s, and nothing is overspent', async () => {
    reply = () => ({ kind: 'message', usage: { input_tokens: 500, output_tokens: 900 } });
    await open(
      'for (;;) { const { status, error } = await model(); say(status, error?.message); if (status !== 200) break; }',
      'end',
    );
    const run = await start(0.05);
    expect(await run.ended).toMatchObject({ status: 'over_budget', isRecorded: true });
    const { spent_micro_usd: spent, reserved_micro_usd: reserved, llm_calls: calls } = await recorded(run);
    const billed = provider.billed();
    expect(calls).toBe(billed.calls);
    expect(billed.calls).toBeGreaterThan(1);
    expect(spent).toBe(billed.inputTokens + billed.outputTokens * 10);
    expect(spent).toBeLessThanOrEqual(50_000);
    expect(reserved).toBe(0);
  });

  it('is frozen at its cap where the rules say so, and goes on when that is raised', async () => {
    reply = () => ({ kind: 'message', usage: { input_tokens: 500, output_tokens: 900 } });
    await open('for (let n = 0; n < 3; n += 1) { const { status } = await model(); say(status); }');
    const run = await start(0.02);
    await until(() => processState(rootPidOf(run.runDir)) === 'T', 'it is frozen');
    expect(await recorded(run)).toMatchObject({ status: 'paused' });
    expect(provider.billed().calls).toBe(1);
    await project.asOperator('POST', '/budget/noop/raise', { tier: 'run', usd: 1 });
    expect(await run.ended).toMatchObject({ status: 'succeeded' });
    expect(lines).toEqual([[200], [200], [200]]);
  });

  it('is paused, resumed and killed by the operator', async () => {
    await open('setInterval(() => {}, 1000);');
    const run = await start();
    const pid = rootPidOf(run.runDir);
    await project.asOperator('POST', `/runs/${run.runId}/pause`, { reason: 'look' });
    await until(() => processState(pid) === 'T', 'it is frozen');
    await project.asOperator('POST', `/runs/${run.runId}/resume`, {});
    await until(() => processState(pid) !== 'T', 'it goes on');
    await project.asOperator('POST', `/runs/${run.runId}/kill`, { reason: 'enough' });
    const result: RunResult = await run.ended;
    expect(result).toMatchObject({ status: 'killed', isRecorded: true });
    expect(await recorded(run)).toMatchObject({ status: 'killed', end_reason: 'enough' });
    expect(witnessed(`GOVERNED_RUN_ID=${run.runId}`)).toEqual([]);
  });

  it('outlives a restart of the server, and its calls are settled after it', async () => {
    reply = () => ({ kind: 'message', usage: { input_tokens: 10, output_tokens: 20 }, afterMs: 1_500 });
    await open('say((await model()).status);');
    const run = await start();
    await until(() => provider.calls.length === 1, 'the call is open');
    await project.restart();
    expect(await run.ended).toMatchObject({ status: 'succeeded', isRecorded: true });
    expect(lines).toEqual([[200]]);
    expect(await recorded(run)).toMatchObject({ spent_micro_usd: 210, reserved_micro_usd: 0 });
  });
});
