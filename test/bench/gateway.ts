// What a run's gateway adds to a streamed model call, against the same call sent to the provider directly, in turns: until the first
// byte of the answer (a durable reservation is made in between), and for each later event.
import { existsSync, readFileSync } from 'node:fs';
import { Agent, createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually, Scenario } from '../scenario/harness.ts';
import { type Figure, median, percentile } from './ratio.ts';

const CALLS = 400;
const EVENTS = 5;
const EVENT_EVERY_MS = 3;

const AGENT = `import { renameSync, writeFileSync } from 'node:fs';
writeFileSync('ready.new', process.env.ANTHROPIC_BASE_URL);
renameSync('ready.new', 'ready.txt');
setInterval(() => {}, 1000);
`;

export async function gatewayFigures(): Promise<Figure[]> {
  const provider = await startProvider();
  const scenario = await Scenario.create((made) => {
    made.write('agents/caller/agent.mjs', AGENT);
    made.write(
      'agents/caller/agent.toml',
      'adapter = "command"\ncommand = ["node", "agent.mjs"]\n[env]\npass = ["PATH"]\n',
    );
    const settings = made
      .read('governed.toml')
      .replace('https://api.anthropic.com', provider.url)
      .replace(/^((?:run|day|month)_usd = )\d+/gm, (_, name: string) => `${name}1000000000`);
    const price = '[prices."bench-model"]\ninput_usd_per_mtok = 1\noutput_usd_per_mtok = 10\n';
    made.write('governed.toml', `${settings}\n${price}`);
  });
  try {
    await scenario.serve();
    scenario.start(['run', 'caller'], { env: { ANTHROPIC_API_KEY: 'of-the-benchmark' } });
    const file = join(scenario.dir, 'agents/caller/workspace/ready.txt');
    await eventually(() => (existsSync(file) ? true : null), 'the caller');
    return await measure(provider.url, readFileSync(file, 'utf8'));
  } finally {
    await scenario.close();
    provider.close();
  }
}

interface Provider {
  readonly url: string;
  close(): void;
}

/** Answers at once, then an event every few milliseconds that says when it was sent. */
async function startProvider(): Promise<Provider> {
  const server = createServer((incoming, response) => {
    incoming.resume().once('end', async () => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      const usage = { input_tokens: 10, output_tokens: 1 };
      response.write(event('message_start', { message: { id: 'msg', role: 'assistant', usage } }));
      for (let n = 0; n < EVENTS; n += 1) {
        await sleep(EVENT_EVERY_MS);
        const delta = { type: 'text_delta', text: `@${performance.now()}@` };
        response.write(event('content_block_delta', { index: 0, delta }));
      }
      response.write(
        event('message_delta', { delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 9 } }),
      );
      response.end(event('message_stop', {}));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

function event(type: string, fields: object): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`;
}

interface Timing {
  readonly firstByteMs: number;
  readonly eventMs: readonly number[];
}

async function measure(direct: string, gateway: string): Promise<Figure[]> {
  const agent = new Agent({ keepAlive: true });
  for (let n = 0; n < 20; n += 1) {
    await call(agent, direct);
    await call(agent, gateway);
  }
  const straight: Timing[] = [];
  const through: Timing[] = [];
  for (let n = 0; n < CALLS; n += 1) {
    straight.push(await call(agent, direct));
    through.push(await call(agent, gateway));
  }
  agent.destroy();
  const first = (timings: readonly Timing[]): number[] => timings.map(({ firstByteMs }) => firstByteMs);
  const events = (timings: readonly Timing[]): number[] => timings.flatMap(({ eventMs }) => eventMs);
  const added = (of: (timings: readonly Timing[]) => number[], share: number): number =>
    percentile(of(through), share) - percentile(of(straight), share);
  return [
    { name: 'first byte, direct, p50', value: median(first(straight)), unit: 'ms' },
    addedFigure('first byte with a durable reservation, added p50', added(first, 0.5), 2),
    addedFigure('first byte with a durable reservation, added p99', added(first, 0.99), 4),
    addedFigure('each event, added p50', added(events, 0.5), 0.15),
    addedFigure('each event, added p99', added(events, 0.99), 1.5),
  ];
}

function addedFigure(name: string, value: number, most: number): Figure {
  return { name, value, unit: 'ms', bound: { at: 'most', value: most } };
}

function call(agent: Agent, baseUrl: string): Promise<Timing> {
  const body = JSON.stringify({
    model: 'bench-model',
    max_tokens: 50,
    stream: true,
    messages: [{ role: 'user', content: 'hello' }],
  });
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
  return new Promise((resolve, reject) => {
    const sentMs = performance.now();
    let firstByteMs: number | null = null;
    const eventMs: number[] = [];
    const outgoing = request(`${baseUrl}/v1/messages`, { agent, method: 'POST', headers }, (response) => {
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        const nowMs = performance.now();
        firstByteMs ??= nowMs - sentMs;
        for (const [, at] of chunk.matchAll(/@([\d.]+)@/g)) eventMs.push(nowMs - Number(at));
      });
      response.on('error', reject);
      response.on('end', () => {
        if (response.statusCode === 200) resolve({ firstByteMs: firstByteMs ?? Number.NaN, eventMs });
        else reject(new Error(`a model call was answered ${response.statusCode}`));
      });
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}
