// The gate over HTTP, 64 at a time, against the same server's JSON echo: a heartbeat, which goes through everything that a decision
// goes through (identity, JSON, validation, an answer in JSON) and commits nothing.

import { Scenario } from '../scenario/harness.ts';
import { registerRun } from '../scenario/load.ts';
import { type Figure, median, percentile } from './ratio.ts';
import { type LoadResult, load } from './socket-load.ts';

const CONNECTIONS = 64;
const FOR_MS = 1_500;
const ROUNDS = 5;

export async function httpFigures(): Promise<Figure[]> {
  const scenario = await Scenario.create((made) => {
    made.write('agents/bench/agent.toml', 'adapter = "command"\ncommand = ["true"]\n');
    const price = '[prices."bench-model"]\ninput_usd_per_mtok = 1\noutput_usd_per_mtok = 10\n';
    made.write('governed.toml', `${withWideCaps(made.read('governed.toml'))}\n${price}`);
  });
  try {
    await scenario.serve(['--no-watchdog']);
    return await measure(scenario);
  } finally {
    await scenario.close();
  }
}

/** The same caps as in every new project, each far away: they are looked at, and none is reached. */
function withWideCaps(toml: string): string {
  return toml.replace(/^((?:run|day|month)_usd = )\d+/gm, (_, name: string) => `${name}1000000000`);
}

async function measure(scenario: Scenario): Promise<Figure[]> {
  const { runId, secret } = await registerRun(scenario, 'bench');
  const base = { port: scenario.port, secret, connections: CONNECTIONS, forMs: FOR_MS };
  const echo = { ...base, path: `/runs/${runId}/heartbeat`, body: () => '{}', expectedStatus: 200 };
  let key = 0;
  const reserving = {
    ...base,
    path: '/reservations',
    body: () =>
      `{"idempotency_key":"${String(key++).padStart(12, '0')}","provider":"anthropic","model":"bench-model","input_tokens":1000,"output_tokens":100}`,
    expectedStatus: 201,
  };
  await load({ ...reserving, forMs: 500 });
  await load({ ...echo, forMs: 500 });
  const echoes: LoadResult[] = [];
  const reserved: LoadResult[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    echoes.push(await load(echo));
    reserved.push(await load(reserving));
  }
  const echoRate = median(echoes.map(({ perSecond }) => perSecond));
  const rate = median(reserved.map(({ perSecond }) => perSecond));
  const latencies = reserved.flatMap(({ latenciesMs }) => latenciesMs);
  return [
    { name: `JSON echo (heartbeats), ${CONNECTIONS} concurrent`, value: echoRate, unit: '/s' },
    { name: `durable reservations over HTTP, ${CONNECTIONS} concurrent`, value: rate, unit: '/s' },
    {
      name: 'durable reservations against the echo',
      value: rate / echoRate,
      unit: '×',
      bound: { at: 'least', value: 0.65 },
    },
    { name: 'durable reservations over HTTP, p50', value: median(latencies), unit: 'ms' },
    {
      name: 'durable reservations over HTTP, p99',
      value: percentile(latencies, 0.99),
      unit: 'ms',
      bound: { at: 'most', value: 15 },
    },
  ];
}
