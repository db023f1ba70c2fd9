// Model calls of the benchmark's client, and what they took.
import { type Agent, type ClientRequest, request } from 'node:http';
import { type BenchModel, clockMs } from './provider.ts';

export interface Timing {
  readonly firstByteMs: number;
  readonly eventMs: readonly number[];
}

export function timedCall(agent: Agent, baseUrl: string): Promise<Timing> {
  const sentMs = clockMs();
  let firstByteMs: number | null = null;
  const eventMs: number[] = [];
  return ended(agent, baseUrl, 'bench-paced', (chunk) => {
    const nowMs = clockMs();
    firstByteMs ??= nowMs - sentMs;
    for (const [, at] of chunk.toString().matchAll(/@([\d.]+)@/g)) eventMs.push(nowMs - Number(at));
  }).then(() => ({ firstByteMs: firstByteMs ?? Number.NaN, eventMs }));
}

/** Milliseconds until all of it came. */
export async function burstCall(agent: Agent, baseUrl: string): Promise<number> {
  const startedMs = clockMs();
  await ended(agent, baseUrl, 'bench-burst', () => undefined);
  return clockMs() - startedMs;
}

/** Resolves with its first bytes; it stays open until it is destroyed. */
export function openCall(agent: Agent, baseUrl: string): Promise<ClientRequest> {
  return new Promise((resolve, reject) => {
    const sent = send(agent, baseUrl, 'bench-open');
    sent.on('error', reject);
    sent.on('response', (response) => {
      response.on('error', () => undefined);
      response.once('data', () => resolve(sent));
    });
  });
}

function ended(
  agent: Agent,
  baseUrl: string,
  model: BenchModel,
  onData: (chunk: Buffer) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const sent = send(agent, baseUrl, model);
    sent.on('error', reject);
    sent.on('response', (response) => {
      response.on('data', onData);
      response.on('error', reject);
      response.on('end', () => {
        if (response.statusCode === 200) resolve();
        else reject(new Error(`a model call was answered ${response.statusCode}`));
      });
    });
  });
}

function send(agent: Agent, baseUrl: string, model: BenchModel): ClientRequest {
  const body = JSON.stringify({
    model,
    max_tokens: 50,
    stream: true,
    messages: [{ role: 'user', content: 'hello' }],
  });
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
  const sent = request(`${baseUrl}/v1/messages`, { agent, method: 'POST', headers });
  sent.end(body);
  return sent;
}
