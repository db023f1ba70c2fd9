// Lays what the ledger booked beside what the model servers counted themselves, for the real agent CLIs and every way in which a call can
// go. Prints the table.
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import type { RunResult } from '../../src/runner/entry.ts';
import {
  commandItem,
  type ProviderCall,
  type ProviderReply,
  type ProviderUsage,
  responsesReply,
  saidItem,
} from '../fixtures/provider.ts';
import { type AgentFixture, openClaude, openCodex } from '../runner/adapters/agent-fixture.ts';
import { until } from '../runner/gateway-fixture.ts';
import { findCli } from './find-cli.ts';

const RULES = `[tools]
allow = ["Bash(mkdir *)", "Agent"]
[budget]
day_usd = 1000
run_usd = 500
`;
const USAGE = { input_tokens: 1_234, output_tokens: 321 };
const CACHED = {
  ...USAGE,
  cache_read_input_tokens: 45_678,
  cache_creation_input_tokens: 9_012,
  cache_creation: { ephemeral_5m_input_tokens: 9_000, ephemeral_1h_input_tokens: 12 },
};

interface Row {
  readonly cli: string;
  readonly calls: string;
  readonly asked: number;
  readonly 'without a stream': number;
  readonly 'server tokens': number;
  readonly 'ledger tokens': number;
  readonly 'server calls': number;
  readonly 'ledger calls': number;
  readonly status: string;
}

const rows: Row[] = [];
let agent: AgentFixture;
afterEach(() => agent.close());
afterAll(() => console.table(rows));

async function lay(cli: string, calls: string): Promise<Row> {
  return layEnded(cli, calls, await agent.run('go'));
}

async function layEnded(cli: string, calls: string, ended: RunResult): Promise<Row> {
  const recorded = await agent.recorded(ended.runId);
  const billed = agent.provider.billed();
  const row = {
    cli,
    calls,
    asked: agent.provider.calls.length,
    'without a stream': agent.provider.calls.filter(({ body }) => body['stream'] !== true).length,
    'server tokens': billed.inputTokens + billed.outputTokens,
    'ledger tokens': Number(recorded['tokens']),
    'server calls': billed.calls,
    'ledger calls': Number(recorded['llm_calls']),
    status: `${ended.status}: ${ended.reason}`.slice(0, 60),
  };
  rows.push(row);
  expect(recorded['reserved_micro_usd']).toBe(0);
  return row;
}

function expectEqual(row: Row): void {
  expect(row['ledger tokens']).toBe(row['server tokens']);
  expect(row['ledger calls']).toBe(row['server calls']);
}

const sentBy = ({ body }: ProviderCall): string => JSON.stringify(body['messages'] ?? body['input'] ?? []);
const isSubagent = (call: ProviderCall): boolean =>
  sentBy(call).includes('SUBTASK') && !sentBy(call).includes('"go"');

describe('Claude Code', () => {
  const mkdir = (id: string) => ({ id, name: 'Bash', input: { command: `mkdir ${id}`, description: 'x' } });
  const subtask = (id: string) => ({
    id,
    name: 'Agent',
    input: { description: 'x', prompt: `SUBTASK ${id}`, subagent_type: 'general-purpose' },
  });
  const open = async (reply: (call: ProviderCall, turn: number) => ProviderReply): Promise<void> => {
    agent = await openClaude([findCli('claude')], reply, RULES);
  };
  /** Asked without a stream, a server answers without one. */
  const said = (call: ProviderCall, usage: ProviderUsage, word = 'done'): ProviderReply =>
    call.body['stream'] === true
      ? { kind: 'stream', usage, words: [word] }
      : { kind: 'message', usage, words: word };

  it.each([
    ['streamed', USAGE],
    ['streamed, cached', CACHED],
  ])('%s', async (name, usage) => {
    await open((call, turn) =>
      turn === 0 ? { kind: 'stream', usage, tools: [mkdir('one')] } : said(call, usage),
    );
    expectEqual(await lay('claude', name));
  });

  it('two subagents at once', async () => {
    await open((call, turn) => {
      if (isSubagent(call)) {
        const isAnswered = sentBy(call).includes('tool_result');
        return isAnswered
          ? said(call, CACHED)
          : { kind: 'stream', usage: CACHED, tools: [mkdir(`d${call.index}`)] };
      }
      return turn === 0
        ? { kind: 'stream', usage: USAGE, tools: [subtask('one'), subtask('two')] }
        : said(call, USAGE);
    });
    const row = await lay('claude', 'two subagents at once');
    expect(row.asked).toBeGreaterThanOrEqual(6);
    expectEqual(row);
  });

  it('asked again after errors', async () => {
    await open((call) => {
      if (call.index === 0) return { kind: 'error', status: 529, type: 'overloaded_error', message: 'busy' };
      if (call.index === 1) return { kind: 'error', status: 500, type: 'api_error', message: 'down' };
      return said(call, CACHED);
    });
    const row = await lay('claude', 'asked again after 529 and 500');
    expect(row.asked).toBe(3);
    expectEqual(row);
  });

  it('without a stream, where a server has none', async () => {
    await open((call, turn) => {
      if (call.body['stream'] === true) {
        return { kind: 'error', status: 404, type: 'not_found_error', message: 'no streams here' };
      }
      return turn < 0 ? said(call, USAGE) : { kind: 'message', usage: CACHED };
    });
    const row = await lay('claude', 'asked again without a stream');
    expect(row['without a stream']).toBeGreaterThanOrEqual(1);
    expectEqual(row);
  });

  it('cut in the middle', async () => {
    await open((call) =>
      call.index === 0
        ? { kind: 'stream', usage: CACHED, words: ['a', 'b', 'c'], cutAfter: 4 }
        : said(call, CACHED),
    );
    const row = await lay('claude', 'cut before its last usage');
    expect(row['ledger calls']).toBe(row['server calls']);
    // What it used is not known, so all that it might have used is booked.
    expect(row['ledger tokens']).toBeGreaterThan(row['server tokens']);
  });

  it('killed in the middle of a call', async () => {
    const words = Array.from({ length: 200 }, (_, at) => `word ${at} `);
    await open((_call, turn) => ({
      kind: 'stream',
      usage: CACHED,
      words,
      ...(turn === 0 ? { everyMs: 50 } : {}),
    }));
    const run = await agent.start('go');
    await until(() => agent.provider.open() > 0, 'a call is open');
    run.kill('enough');
    const row = await layEnded('claude', 'killed in the middle', await run.ended);
    expect(row['ledger calls']).toBe(row['server calls']);
    expect(row['ledger tokens']).toBeGreaterThan(row['server tokens']);
  });

  it('cut behind its usage', async () => {
    await open((call) =>
      call.index === 0 ? { kind: 'stream', usage: CACHED, words: ['a'], cutAfter: 6 } : said(call, CACHED),
    );
    expectEqual(await lay('claude', 'cut behind its last usage'));
  });
});

describe('Codex', () => {
  const COUNT = { input: 12_345, cached: 6_789, output: 432 };
  const open = async (reply: (call: ProviderCall, turn: number) => ProviderReply): Promise<void> => {
    agent = await openCodex([findCli('codex')], reply, RULES);
  };
  const spawn = (id: string): unknown => ({
    type: 'function_call',
    id: `fc_${id}`,
    call_id: id,
    namespace: 'multi_agent_v1',
    name: 'spawn_agent',
    arguments: JSON.stringify({ message: `SUBTASK ${id}` }),
  });
  const cut = (events: number): ProviderReply => ({
    kind: 'raw',
    usage: { input_tokens: COUNT.input, output_tokens: COUNT.output },
    send: (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      const all = ['created', 'in_progress'].map(
        (name) => `event: response.${name}\ndata: {"type":"response.${name}","response":{"id":"r"}}\n\n`,
      );
      response.write(all.slice(0, events).join(''), () => response.destroy());
    },
  });

  it('streamed, cached', async () => {
    await open((_call, turn) =>
      responsesReply([turn === 0 ? commandItem('a', 'mkdir one') : saidItem('done')], COUNT),
    );
    expectEqual(await lay('codex', 'streamed, cached'));
  });

  it('two subagents at once', async () => {
    await open((call) => {
      const sent = sentBy(call);
      if (isSubagent(call)) {
        const isAnswered = sent.includes('function_call_output');
        return responsesReply(
          [isAnswered ? saidItem('sub done') : commandItem('s', `mkdir d${call.index}`)],
          COUNT,
        );
      }
      if (!sent.includes('function_call_output')) return responsesReply([spawn('one'), spawn('two')], COUNT);
      const ids = [...sent.matchAll(/agent_id\\*":\\*"([0-9a-f-]{36})/g)].map(([, id]) => id);
      const wait = {
        type: 'function_call',
        id: 'fc_w',
        call_id: 'w',
        namespace: 'multi_agent_v1',
        name: 'wait_agent',
        arguments: JSON.stringify({ targets: [...new Set(ids)], timeout_ms: 10_000 }),
      };
      return responsesReply([sent.includes('"w"') ? saidItem('done') : wait], COUNT);
    });
    const row = await lay('codex', 'two subagents at once');
    expect(row.asked).toBeGreaterThanOrEqual(6);
    expectEqual(row);
  });

  it('asked again after an error', async () => {
    await open((call) =>
      call.index === 0
        ? { kind: 'error', status: 500, type: 'server_error', message: 'down' }
        : responsesReply([saidItem('done')], COUNT),
    );
    const row = await lay('codex', 'asked again after 500');
    expect(row.asked).toBe(2);
    expectEqual(row);
  });

  it('cut in the middle', async () => {
    await open((call) => (call.index === 0 ? cut(2) : responsesReply([saidItem('done')], COUNT)));
    const row = await lay('codex', 'cut before its usage');
    expect(row['ledger calls']).toBe(row['server calls']);
    expect(row['ledger tokens']).toBeGreaterThan(row['server tokens']);
  });
});
