// Load on a real server, as a runner would make it: a registered run whose secret charges, reserves and proposes, many at once, and
// remembers what was acknowledged.
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { identify, startBeat } from '../../src/process/entry.ts';
import { onceRecordFollows, type Scenario } from './harness.ts';

export interface RunIdentity {
  readonly runId: string;
  readonly secret: string;
}

/** `budgetUsd`: a cap of this run alone. */
export async function registerRun(
  scenario: Scenario,
  agentId = 'noop',
  budgetUsd: number | null = null,
): Promise<RunIdentity> {
  const self = identify(process.pid);
  if (self === undefined) throw new Error('this process has no identity');
  const { status, body } = await scenario.request('POST', '/runs', {
    token: scenario.token('runner'),
    body: {
      agent_id: agentId,
      tier: 'advisory',
      no_watchdog: true,
      ...(budgetUsd === null ? {} : { budget_usd: budgetUsd }),
      runner: { pid: self.pid, start_ticks: self.startTicks, boot_id: self.bootId },
    },
  });
  if (status !== 201) throw new Error(`the run was refused: ${JSON.stringify(body)}`);
  // A runner without a heartbeat is taken for lost.
  startBeat(join(String(body['run_dir']), 'runner.beat'), { everyMs: 200, onFault: () => undefined });
  return { runId: String(body['run_id']), secret: String(body['run_secret']) };
}

export interface Reply {
  readonly status: number;
  readonly text: string;
}

export interface Client {
  /** Null when the connection broke before an answer. */
  post(path: string, body: unknown, token: string): Promise<Reply | null>;
  close(): void;
}

/** Keeps its connections open: node:http, since fetch is several times slower. */
export function client(port: number): Client {
  const agent = new Agent({ keepAlive: true, maxSockets: 256 });
  const send = (path: string, text: string, token: string): Promise<Reply | null> =>
    new Promise((resolve) => {
      const sent = request(
        {
          agent,
          host: '127.0.0.1',
          port,
          path,
          method: 'POST',
          headers: {
            authorization: `Bearer ${token}`,
            'content-type': 'application/json',
            'content-length': Buffer.byteLength(text),
          },
        },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('end', () =>
            resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() }),
          );
          response.on('error', () => resolve(null));
        },
      );
      sent.on('error', () => resolve(null));
      sent.end(text);
    });
  return {
    post(path, body, token) {
      const text = JSON.stringify(body);
      return onceRecordFollows(
        () => send(path, text, token),
        (reply) => (reply?.status === 503 ? (JSON.parse(reply.text) as { detail?: string }).detail : null),
      );
    },
    close: () => agent.destroy(),
  };
}

/** A small seeded generator (mulberry32), so that a failing round can be played again. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
