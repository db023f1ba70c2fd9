// The model provider of the benchmark: it answers at once, and what follows depends on the model that is asked for.
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';

/** `bench-paced`: an event every few milliseconds. `bench-burst`: very many at once. `bench-open`: one, and then nothing. */
export type BenchModel = 'bench-paced' | 'bench-burst' | 'bench-open';

export const BURST_EVENTS = 100_000;
const PACED_EVENTS = 5;
const PACED_EVERY_MS = 3;
const EVENTS_A_WRITE = 50;

export async function startProvider(): Promise<string> {
  const server = createServer(async (request, response) => {
    const { model } = JSON.parse(await text(request)) as { model: BenchModel };
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const usage = { input_tokens: 10, output_tokens: 1 };
    response.write(event('message_start', { message: { id: 'msg', role: 'assistant', usage } }));
    if (model === 'bench-open') return;
    if (model === 'bench-burst') await burst(response);
    else await paced(response);
    const end = { delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 9 } };
    response.write(event('message_delta', end));
    response.end(event('message_stop', {}));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return `http://127.0.0.1:${port}`;
}

/** Each says when it was sent, by the clock that all processes of the machine share. */
async function paced(response: ServerResponse): Promise<void> {
  for (let n = 0; n < PACED_EVENTS; n += 1) {
    await sleep(PACED_EVERY_MS);
    response.write(delta(`@${clockMs()}@`));
  }
}

async function burst(response: ServerResponse): Promise<void> {
  const some = Buffer.from(delta('some words of the answer').repeat(EVENTS_A_WRITE));
  for (let n = 0; n < BURST_EVENTS; n += EVENTS_A_WRITE) {
    if (!response.write(some)) await new Promise((resolve) => response.once('drain', resolve));
  }
}

export function clockMs(): number {
  return Number(process.hrtime.bigint() / 1_000n) / 1_000;
}

function delta(words: string): string {
  return event('content_block_delta', { index: 0, delta: { type: 'text_delta', text: words } });
}

function event(type: string, fields: object): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`;
}
