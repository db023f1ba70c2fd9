import { describe, expect, it } from 'vitest';
import { PROJECT_ID, PROJECT_TOML, rulesOf } from '../bundle-of.ts';

const AGENT = 'adapter = "command"\ncommand = ["program"]\n';

describe('parseRules', () => {
  it('fills in what a minimal project leaves out, on the careful side', () => {
    const rules = rulesOf({ 'agents/a/agent.toml': AGENT });
    expect(rules).toMatchObject({
      projectId: PROJECT_ID,
      timezone: 'UTC',
      port: 8005,
      policy: { defaultEffect: 'require_approval', timeoutMs: 43_200_000 },
      projectBudget: { caps: [], warnAt: [0.8, 0.95], onCap: 'pause' },
      concurrentRuns: 4,
      includeContent: true,
      notify: null,
    });
    expect(rules.policy.autoApprove.size).toBe(0);
    expect(rules.prices.unknownModel).toBe('refuse');
    expect(rules.agents.get('a')).toMatchObject({
      command: ['program'],
      risk: 'medium',
      cwd: 'workspace',
      concurrent: 1,
      maxOutputTokens: null,
      tools: { allow: [], requireApproval: [], deny: [] },
      limits: { timeoutMs: null, iterations: null, errors: null, silenceMs: null },
      confine: { mode: 'auto', write: [] },
      env: { pass: [], set: {} },
      systemPrompt: null,
    });
  });

  it('reads every table of governed.toml and policy.toml', () => {
    const rules = rulesOf({
      'governed.toml': `${PROJECT_TOML}timezone = "Europe/Berlin"
[server]
port = 9000
[budget]
call_usd = 0.1
run_tokens = 5
hour_llm_calls = 6
total_tool_calls = 7
warn_at = [0.9, 0.5]
on_cap = "end"
[runs]
concurrent = 2
[providers.anthropic]
key = { env = "KEY" }
[providers.openai]
base_url = "http://127.0.0.1:9/v1/"
key = { command = ["pass", "show", "key"] }
[executors.publish_note]
run = ["node", "actions/x.mjs"]
timeout = "5s"
[notify]
run = ["notify"]
[watchdog]
repeat = { n = 7, do = "kill" }
errors = { do = "off" }
stuck = { warn = "2m", pause = 600 }
[record]
include_content = false
`,
      'policy.toml': `[defaults]
effect = "deny"
timeout = "1h"
[auto_approve]
action_types = ["a", "tool:Read"]
[never_auto_approve]
action_types = ["b"]
`,
      'actions/x.mjs': '',
    });
    expect(rules.timezone).toBe('Europe/Berlin');
    expect(rules.port).toBe(9000);
    expect(rules.projectBudget).toEqual({
      caps: [
        { period: 'call', unit: 'usd', limit: 100_000 },
        { period: 'run', unit: 'tokens', limit: 5 },
        { period: 'hour', unit: 'llm_calls', limit: 6 },
        { period: 'total', unit: 'tool_calls', limit: 7 },
      ],
      warnAt: [0.5, 0.9],
      onCap: 'end',
    });
    expect(rules.providers.get('anthropic')).toEqual({
      name: 'anthropic',
      baseUrl: 'https://api.anthropic.com',
      loginBaseUrl: null,
      key: { env: 'KEY' },
    });
    expect(rules.providers.get('openai')).toMatchObject({
      baseUrl: 'http://127.0.0.1:9/v1',
      loginBaseUrl: 'https://chatgpt.com/backend-api/codex',
    });
    expect(rules.executors.get('publish_note')).toEqual({
      actionType: 'publish_note',
      start: { kind: 'run', command: ['node', 'actions/x.mjs'] },
      timeoutMs: 5_000,
      env: { pass: [], set: {} },
    });
    expect(rules.notify).toEqual({
      start: { kind: 'run', command: ['notify'] },
      timeoutMs: 10_000,
      env: { pass: [], set: {} },
      on: ['held', 'paused', 'killed', 'warning'],
    });
    expect(rules.watch).toEqual({ repeat: { kill: 7 }, errors: {}, stuckSeconds: { warn: 120, pause: 600 } });
    expect(rules.includeContent).toBe(false);
    expect(rules.policy).toMatchObject({
      defaultEffect: 'deny',
      timeoutMs: 3_600_000,
      autoApprove: new Set(['a', 'tool:Read']),
      neverAutoApprove: new Set(['b']),
    });
  });

  it('lets the project say when to warn and what happens at a cap, wherever an agent or a group does not', () => {
    const rules = rulesOf({
      'governed.toml': `${PROJECT_TOML}[budget]
warn_at = [0.5]
on_cap = "end"
[groups.nightly]
run_usd = 10
[groups.weekly]
day_tokens = 5
warn_at = []
on_cap = "pause"
`,
      'agents/new/agent.toml': AGENT,
      'agents/own/agent.toml': `${AGENT}[budget]
warn_at = [0.9]
on_cap = "pause"
`,
    });
    expect(rules.agents.get('new')?.budget).toEqual({ caps: [], warnAt: [0.5], onCap: 'end' });
    expect(rules.agents.get('own')?.budget).toEqual({ caps: [], warnAt: [0.9], onCap: 'pause' });
    expect(Object.fromEntries(rules.groups)).toEqual({
      nightly: { caps: [{ period: 'run', unit: 'usd', limit: 10_000_000 }], warnAt: [0.5], onCap: 'end' },
      weekly: { caps: [{ period: 'day', unit: 'tokens', limit: 5 }], warnAt: [], onCap: 'pause' },
    });
  });

  it('puts the defaults under every agent, and never lets one drop what they deny or hold', () => {
    const rules = rulesOf({
      'governed.toml': `${PROJECT_TOML}[defaults]
risk = "low"
max_output_tokens = 16000
[defaults.budget]
run_usd = 1
day_usd = 2
[defaults.tools]
allow = ["Read"]
deny = ["Bash(rm *)"]
require_approval = ["WebFetch"]
[defaults.env]
pass = ["LANG"]
set = { A = "1", B = "1" }
`,
      'agents/new/agent.toml': AGENT,
      'agents/own/agent.toml': `${AGENT}max_output_tokens = 500
[budget]
day_usd = 9
[tools]
allow = ["Bash"]
deny = ["Edit"]
require_approval = []
[env]
set = { B = "2" }
`,
    });
    expect(rules.agents.get('new')).toMatchObject({
      risk: 'low',
      maxOutputTokens: 16_000,
      budget: {
        caps: [
          { period: 'run', limit: 1_000_000 },
          { period: 'day', limit: 2_000_000 },
        ],
      },
      tools: { allow: ['Read'], deny: ['Bash(rm *)'], requireApproval: ['WebFetch'] },
    });
    expect(rules.agents.get('own')).toMatchObject({
      maxOutputTokens: 500,
      budget: {
        caps: [
          { period: 'run', limit: 1_000_000 },
          { period: 'day', limit: 9_000_000 },
        ],
      },
      tools: { allow: ['Bash'], deny: ['Bash(rm *)', 'Edit'], requireApproval: ['WebFetch'] },
      env: { pass: ['LANG'], set: { A: '1', B: '2' } },
    });
  });

  it.each([
    ['high', 'required'],
    ['critical', 'required'],
    ['medium', 'auto'],
  ])('asks for confinement by default at risk %s: %s', (risk, mode) => {
    const rules = rulesOf({ 'agents/a/agent.toml': `${AGENT}risk = "${risk}"\n` });
    expect(rules.agents.get('a')?.confine.mode).toBe(mode);
  });

  it('reads AGENTS.md, else CLAUDE.md, as the system prompt', () => {
    const rules = rulesOf({
      'agents/a/agent.toml': AGENT,
      'agents/a/AGENTS.md': 'one',
      'agents/a/CLAUDE.md': 'two',
      'agents/b/agent.toml': AGENT,
      'agents/b/CLAUDE.md': '\uFEFFtwo',
    });
    expect(rules.agents.get('a')?.systemPrompt).toBe('one');
    expect(rules.agents.get('b')?.systemPrompt).toBe('two');
  });

  it('reads tasks with TOML, plain or no front matter', () => {
    const { tasks } = rulesOf({
      'agents/a/agent.toml': AGENT,
      'agents/a/tasks/plain.md': 'do it\n',
      'agents/a/tasks/toml.md': '+++\nbudget_usd = 0.5\ntimeout = "5m"\n+++\n\ndo it\n',
      'agents/a/tasks/lines.md':
        '---\r\n# why\r\nbudget_usd: 2 # dollars\r\ntimeout: "30m"\r\nmodel: claude-x\r\n---\r\ndo it',
      'agents/a/tasks/deep/other.md': '+++',
      'agents/a/tasks/notes.txt': '+++',
    }).agents.get('a') ?? { tasks: new Map() };
    expect([...tasks.values()]).toEqual([
      { name: 'lines', text: 'do it', budgetUsd: 2, timeoutMs: 1_800_000, model: 'claude-x' },
      { name: 'plain', text: 'do it', budgetUsd: null, timeoutMs: null, model: null },
      { name: 'toml', text: 'do it', budgetUsd: 0.5, timeoutMs: 300_000, model: null },
    ]);
  });

  it('gives an agent a version that only its own files change', () => {
    const version = (texts: Record<string, string>, id: string): string | undefined =>
      rulesOf(texts).agents.get(id)?.version;
    const texts = { 'agents/a/agent.toml': AGENT, 'agents/ab/agent.toml': AGENT };
    expect(version({ ...texts, 'agents/ab/x': '1' }, 'a')).toBe(version(texts, 'a'));
    expect(version({ ...texts, 'agents/a/x': '1' }, 'a')).not.toBe(version(texts, 'a'));
  });

  it('merges prices over the shipped ones and keeps the relation of cache prices', () => {
    const { prices } = rulesOf({
      'governed.toml': `${PROJECT_TOML}[prices]
unknown_model = "worst"
[prices."claude-sonnet-4-5"]
input_usd_per_mtok = 6
[prices."other"]
input_usd_per_mtok = 2
output_usd_per_mtok = 0.0001
cache_write_1h_usd_per_mtok = 9
`,
    });
    expect(prices.unknownModel).toBe('worst');
    expect(prices.models.get('claude-sonnet-4-5')).toEqual({
      inputNano: 6_000,
      outputNano: 15_000,
      cacheReadNano: 600,
      cacheWrite5mNano: 7_500,
      cacheWrite1hNano: 12_000,
      long: {
        aboveTokens: 200_000,
        inputNano: 12_000,
        outputNano: 22_500,
        cacheReadNano: 1_200,
        cacheWrite5mNano: 15_000,
        cacheWrite1hNano: 24_000,
      },
      batchPct: 50,
    });
    expect(prices.models.get('other')).toEqual({
      inputNano: 2_000,
      outputNano: 1,
      cacheReadNano: 2_000,
      cacheWrite5mNano: 2_500,
      cacheWrite1hNano: 9_000,
    });
    expect(prices.models.get('claude-haiku-4-5')?.inputNano).toBe(1_000);
  });

  it('takes another rate for long calls, and for batches', () => {
    const { prices } = rulesOf({
      'governed.toml': `${PROJECT_TOML}[prices."other"]
input_usd_per_mtok = 2
output_usd_per_mtok = 10
batch_percent = 40
[prices."other".long_context]
above_tokens = 100000
input_usd_per_mtok = 5
output_usd_per_mtok = 20
cache_read_usd_per_mtok = 1
`,
    });
    expect(prices.models.get('other')).toMatchObject({
      inputNano: 2_000,
      batchPct: 40,
      long: {
        aboveTokens: 100_000,
        inputNano: 5_000,
        outputNano: 20_000,
        cacheReadNano: 1_000,
        cacheWrite1hNano: 10_000,
      },
    });
  });
});
