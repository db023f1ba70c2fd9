// The server's routes as a run sees them, answered by a script: for what a test must be able to make the server do (refuse, hang, come
// back), at any moment.

import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { newId } from '../../src/core/id.ts';
import type {
  WireControl,
  WireLaunch,
  WireRegisteredRun,
  WireReserve,
  WireReserved,
  WireSettle,
} from '../../src/server/wire/run.ts';

/** Of this file alone: the trees of other tests, which run beside it, are found by another marker. */
export const RUN_ID = newId('run', Date.now(), randomBytes(10));
export const RUN_SECRET = 'grs_secret';

export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export interface Closed {
  readonly reservationId: string;
  readonly how: 'settled' | 'void';
  readonly settle: WireSettle | null;
}

export interface FakeServer {
  readonly port: number;
  readonly seen: readonly Seen[];
  readonly reserved: readonly WireReserve[];
  readonly closed: readonly Closed[];
  readonly ends: readonly Record<string, unknown>[];
  readonly spawned: readonly unknown[];
  say(control: WireControl): void;
  /** How many runs follow what it says. */
  followers(): number;
  /** Answers before the built-in ones when it returns true. */
  intercept: (seen: Seen, response: ServerResponse) => boolean;
  reserve: (reserve: WireReserve) => WireReserved;
  registered: WireRegisteredRun | null;
  close(): Promise<void>;
}

export async function startFakeServer(serverFile?: string, wantedPort = 0): Promise<FakeServer> {
  const seen: Seen[] = [];
  const reserved: WireReserve[] = [];
  const closed: Closed[] = [];
  const ends: Record<string, unknown>[] = [];
  const spawned: unknown[] = [];
  const streams = new Set<ServerResponse>();
  const json = (response: ServerResponse, status: number, body: unknown): void => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body));
  };
  const server = createServer(async (request, response) => {
    const path = request.url ?? '';
    const one: Seen = {
      method: request.method ?? '',
      path,
      headers: request.headers,
      body: await text(request),
    };
    seen.push(one);
    if (fake.intercept(one, response)) return;
    if (path === '/runs') return json(response, 201, fake.registered);
    if (path.endsWith('/control')) {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(`data: ${JSON.stringify({ type: 'hello', run_id: RUN_ID, status: 'running' })}\n\n`);
      streams.add(response);
      response.once('close', () => streams.delete(response));
      return;
    }
    if (path.endsWith('/spawned')) {
      spawned.push(JSON.parse(one.body));
      return json(response, 200, {});
    }
    if (path === `/runs/${RUN_ID}/end`) {
      ends.push(JSON.parse(one.body) as Record<string, unknown>);
      return json(response, 200, {});
    }
    if (path === '/reservations') {
      const asked = JSON.parse(one.body) as WireReserve;
      const answer = fake.reserve(asked);
      if (answer.result === 'reserved') reserved.push(asked);
      return answer.result === 'reserved'
        ? json(response, 201, answer)
        : json(response, 402, { ...answer, type: 'x', title: 'Refused', status: 402 });
    }
    const close = /^\/reservations\/([^/]+)\/(settle|void)$/.exec(path);
    if (close !== null) {
      const isVoid = close[2] === 'void';
      const settle = isVoid ? null : (JSON.parse(one.body) as WireSettle);
      closed.push({ reservationId: close[1] ?? '', how: isVoid ? 'void' : 'settled', settle });
      return json(response, 200, { reservation_id: close[1], status: isVoid ? 'void' : 'settled' });
    }
    json(response, 200, { echoed: path });
  });
  await new Promise<void>((resolve) => server.listen(wantedPort, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  if (serverFile !== undefined) writeFileSync(serverFile, JSON.stringify({ port }));
  let count = 0;
  const fake: FakeServer = {
    port,
    seen,
    reserved,
    closed,
    ends,
    spawned,
    say(control) {
      for (const stream of streams) stream.write(`data: ${JSON.stringify(control)}\n\n`);
    },
    followers: () => streams.size,
    intercept: () => false,
    reserve: () => {
      count += 1;
      return { result: 'reserved', reservation_id: `rsv_${count}`, reserved_micro_usd: 1_000_000 };
    },
    registered: null,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return fake;
}

export function launchOf(over: Partial<WireLaunch> & Pick<WireLaunch, 'command' | 'cwd'>): WireLaunch {
  return {
    adapter: 'command',
    model: null,
    auth: 'key',
    tools: { allow: [], require_approval: [], deny: [] },
    output_tokens: null,
    max_output_tokens: null,
    free_fields: [],
    workspace: over.cwd,
    system_prompt: null,
    task_name: null,
    task_text: null,
    timeout_ms: null,
    env_pass: [],
    env_set: {},
    agent_dir: over.cwd,
    accepted_dir: over.cwd,
    write: [],
    providers: [],
    ...over,
  };
}
