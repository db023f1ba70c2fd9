import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { type AgentFixture, openClaude } from '../runner/adapters/agent-fixture.ts';
import { until } from '../runner/gateway-fixture.ts';
import { findCli } from './find-cli.ts';

const USAGE = {
  input_tokens: 120,
  output_tokens: 40,
  cache_read_input_tokens: 7,
  cache_creation_input_tokens: 9,
  cache_creation: { ephemeral_5m_input_tokens: 9, ephemeral_1h_input_tokens: 0 },
};
const bash = (id: string, command: string) => ({ id, name: 'Bash', input: { command, description: 'x' } });

const rows: Record<string, unknown>[] = [];
let claude: AgentFixture;
afterEach(() => claude.close());
afterAll(() => console.table(rows));

describe('the real Claude Code', () => {
  it('runs what is allowed, is denied what is not, waits for a person, and reports what came back', async () => {
    claude = await openClaude(
      [findCli('claude')],
      (_call, turn) =>
        turn === 0
          ? {
              kind: 'stream',
              usage: USAGE,
              tools: [
                bash('toolu_a', 'mkdir allowed'),
                bash('toolu_b', 'echo denied > denied'),
                bash('toolu_c', 'touch held'),
              ],
            }
          : { kind: 'stream', usage: USAGE, words: ['all done'] },
      `[tools]
allow = ["Bash(mkdir *)"]
require_approval = ["Bash(touch *)"]
[budget]
day_usd = 5
`,
    );
    const run = await claude.start('go');
    await until(() => claude.held.length === 1, 'it is held');
    const path = `/proposals/${claude.held[0]}`;
    const shown = await claude.project.asOperator('GET', path);
    const decision = { decision: 'approve', payload_hash: shown.body['payload_hash'] };
    await claude.project.asOperator('POST', `${path}/decision`, decision);
    const ended = await run.ended;
    expect(ended).toMatchObject({ status: 'succeeded', reason: 'it says that it is done', isRecorded: true });
    const workspace = join(claude.project.dir, 'agents/noop/workspace');
    const made = ['allowed', 'denied', 'held'].filter((name) => existsSync(join(workspace, name)));
    expect(made).toEqual(['allowed', 'held']);
    const billed = claude.provider.billed();
    expect(await claude.recorded(run.runId)).toMatchObject({
      llm_calls: 2,
      tokens: billed.inputTokens + billed.outputTokens,
      reserved_micro_usd: 0,
    });
    expect((await claude.events('tool_call_completed')).length).toBe(2);
    expect((await claude.project.asOperator('GET', path)).body['status']).toBe('executed');
    expect(claude.notices.filter((notice) => !notice.startsWith('Trying to escape'))).toEqual([]);
    expect(claude.provider.calls.every(({ headers }) => headers['x-api-key'] === 'sk-ant-the-real-key')).toBe(
      true,
    );
  });

  it('waits as long as a rate says, and goes on', async () => {
    claude = await openClaude(
      [findCli('claude')],
      (_call, turn) =>
        turn < 2
          ? { kind: 'stream', usage: USAGE, tools: [bash(`toolu_${turn}`, `mkdir made-${turn}`)] }
          : { kind: 'stream', usage: USAGE, words: ['all done'] },
      `[tools]
allow = ["Bash(mkdir *)"]
[budget]
day_usd = 5
`,
      `[defaults]
effect = "allow"
[[rule]]
name = "slowly"
description = "At most one model call every eight seconds"
effect = "deny"
when = { action = "llm_call", rate = { over = 1, per = "8s", by = "agent" } }
`,
    );
    const startedMs = performance.now();
    const ended = await claude.run('go');
    expect(ended).toMatchObject({ status: 'succeeded', reason: 'it says that it is done' });
    expect(claude.provider.billed().calls).toBe(3);
    const denied = await claude.events('llm_call_denied');
    rows.push({ 'in all, ms': Math.round(performance.now() - startedMs), denied: denied.length });
    expect(denied.length).toBe(2);
  });

  it.each([0.02, 0.2, 0.5, 2])(
    'never spends more than a cap of $%d, however much it is offered',
    async (capUsd) => {
      const startedMs = performance.now();
      let lastCallMs = startedMs;
      claude = await openClaude(
        [findCli('claude')],
        (call, turn) => {
          lastCallMs = performance.now();
          return {
            kind: 'stream',
            usage: {
              ...USAGE,
              input_tokens: 20_000,
              output_tokens: Math.min(60_000, Number(call.body['max_tokens'])),
            },
            tools: [bash(`toolu_${turn}`, `mkdir made-${turn}`)],
          };
        },
        `[tools]
allow = ["Bash(mkdir *)"]
[budget]
day_usd = 100
on_cap = "end"
`,
      );
      claude.provider.counted.tokens = 20_016;
      const ended = await claude.run('go on until you are stopped', capUsd);
      const endedMs = performance.now();
      const run = await claude.recorded(ended.runId);
      const billed = claude.provider.billed();
      rows.push({
        cap: `$${capUsd}`,
        'calls sent': claude.provider.calls.length,
        'output asked for': claude.provider.calls.map(({ body }) => String(body['max_tokens'])).join(' '),
        'server tokens': billed.inputTokens + billed.outputTokens,
        'ledger tokens': run['tokens'],
        spent: `$${(Number(run['spent_micro_usd']) / 1e6).toFixed(6)}`,
        'how it stopped': `${ended.status}: ${ended.reason}`,
        'after the last call, ms': Math.round(endedMs - lastCallMs),
        'in all, ms': Math.round(endedMs - startedMs),
      });
      expect(run['llm_calls']).toBe(billed.calls);
      expect(run['tokens']).toBe(billed.inputTokens + billed.outputTokens);
      expect(run['reserved_micro_usd']).toBe(0);
      expect(Number(run['spent_micro_usd'])).toBeLessThanOrEqual(capUsd * 1e6);
      if (capUsd >= 0.5) expect(billed.calls).toBeGreaterThan(0);
    },
  );
});
