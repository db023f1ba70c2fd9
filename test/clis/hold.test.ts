// The real agent CLIs while they wait: for a person who decides a call, and at a cap that a person may raise. GOVERNED_HOLD_S says how
// long; both CLIs have time-outs of several minutes that must not end the wait.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import {
  commandItem,
  type ProviderCall,
  type ProviderReply,
  responsesReply,
  saidItem,
} from '../fixtures/provider.ts';
import { type AgentFixture, openClaude, openCodex } from '../runner/adapters/agent-fixture.ts';
import { until } from '../runner/gateway-fixture.ts';
import { findCli } from './find-cli.ts';

const HOLD_MS = Number(process.env['GOVERNED_HOLD_S'] ?? 5) * 1_000;
const TOOLS = '[tools]\nrequire_approval = ["Bash"]\nallow = []\n';

let agent: AgentFixture;
afterEach(() => agent.close());

const USAGE = { input_tokens: 20_000, output_tokens: 1_000 };
const claude = (_call: ProviderCall, turn: number): ProviderReply => {
  const tools = [{ id: 'held', name: 'Bash', input: { command: 'mkdir held', description: 'x' } }];
  return turn === 0
    ? { kind: 'stream', usage: USAGE, tools }
    : { kind: 'stream', usage: USAGE, words: ['done'] };
};
const codex = (_call: ProviderCall, turn: number): ProviderReply =>
  responsesReply(turn === 0 ? [commandItem('held', 'mkdir held')] : [saidItem('done')], {
    input: 20_000,
    output: 1_000,
  });
const CLIS = [
  ['claude', (toml: string) => openClaude([findCli('claude')], claude, toml), 0.15],
  ['codex', (toml: string) => openCodex([findCli('codex')], codex, toml), 1.34],
] as const;

async function approve(): Promise<void> {
  await until(() => agent.held.length > 0, 'it is held');
  const path = `/proposals/${agent.held[0]}`;
  await sleep(HOLD_MS);
  const shown = await agent.project.asOperator('GET', path);
  const decision = { decision: 'approve', payload_hash: shown.body['payload_hash'] };
  expect((await agent.project.asOperator('POST', `${path}/decision`, decision)).status).toBe(200);
}

async function expectEqual(runId: string, calls: number): Promise<void> {
  const billed = agent.provider.billed();
  const recorded = await agent.recorded(runId);
  expect(billed.calls).toBe(calls);
  expect([recorded['llm_calls'], recorded['tokens'], recorded['reserved_micro_usd']]).toEqual([
    billed.calls,
    billed.inputTokens + billed.outputTokens,
    0,
  ]);
}

describe.each(CLIS)('the real %s', (_name, open, capUsd) => {
  it('waits for a person, then goes on', async () => {
    agent = await open(`${TOOLS}[budget]\nday_usd = 100\n`);
    const run = await agent.start('go');
    await approve();
    expect(await run.ended).toMatchObject({ status: 'succeeded' });
    await expectEqual(run.runId, 2);
  });

  it('waits frozen at a cap, and goes on when it is raised', async () => {
    agent = await open(`[tools]\nallow = ["Bash"]\n[budget]\nrun_usd = ${capUsd}\non_cap = "pause"\n`);
    // By its bytes alone a first call of Claude would not fit.
    agent.provider.counted.tokens = 20_016;
    const run = await agent.start('go');
    const status = async () => (await agent.recorded(run.runId))['status'];
    for (const untilMs = Date.now() + 30_000; (await status()) !== 'paused'; await sleep(100)) {
      if (Date.now() > untilMs) throw new Error(`it is ${String(await status())}: ${agent.lines.join('\n')}`);
    }
    expect(agent.provider.calls).toHaveLength(1);
    await sleep(HOLD_MS);
    expect(agent.provider.calls).toHaveLength(1);
    const raise = { tier: 'run', usd: 50 };
    expect((await agent.project.asOperator('POST', '/budget/noop/raise', raise)).status).toBe(200);
    expect(await run.ended).toMatchObject({ status: 'succeeded' });
    await expectEqual(run.runId, 2);
  });
});
