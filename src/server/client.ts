// Speaks to the server for the CLI and the runner: one kept-alive connection pool on 127.0.0.1, JSON both ways. A refusal is a value, and so
// is a server that is not there.
import { Agent, type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http';
import { createParser } from 'eventsource-parser';
import { type ClientAnswer, readAnswer, unreachable } from './client-answer.ts';
import type { WireProblem } from './wire/problem.ts';
import type { WireReserve, WireReserved } from './wire/run.ts';

export type { ClientAnswer };

export interface ClientOptions {
  readonly port: number;
  /** A token or a run's secret. */
  readonly secret: string;
  /** Adds `x-governed-as: agent`: the request is the agent's, not the runner's. */
  readonly asAgent?: boolean;
}

export interface StreamMessage {
  readonly id: string | null;
  readonly data: string;
}

export interface RequestOptions {
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

export interface ServerClient {
  request<T>(
    method: 'GET' | 'POST',
    path: string,
    body?: unknown,
    options?: RequestOptions,
  ): Promise<ClientAnswer<T>>;
  /** A refusal to reserve is an answer, as its type says; other problems stay problems. */
  reserve(body: WireReserve, options?: RequestOptions): Promise<ClientAnswer<WireReserved>>;
  /** Yields messages until the stream ends; throws nothing but what ends it is told by `onEnd`. */
  stream(path: string, options: StreamOptions): Promise<ClientAnswer<AsyncIterable<StreamMessage>>>;
  close(): void;
}

export interface StreamOptions {
  readonly lastEventId?: string;
  readonly signal: AbortSignal;
}

const DEFAULT_TIMEOUT_MS = 70_000;
/** Shorter than the server keeps a connection, so that none is used that is about to close. */
const KEEP_ALIVE_MS = 30_000;

export function createClient(options: ClientOptions): ServerClient {
  const agent = new Agent({ keepAlive: true, timeout: KEEP_ALIVE_MS, maxSockets: 256 });
  const headers: Record<string, string> = {
    host: `127.0.0.1:${options.port}`,
    authorization: `Bearer ${options.secret}`,
    ...(options.asAgent === true ? { 'x-governed-as': 'agent' } : {}),
  };

  const send = (
    method: string,
    path: string,
    extra: Record<string, string>,
    signal?: AbortSignal,
  ): ClientRequest =>
    httpRequest({
      host: '127.0.0.1',
      port: options.port,
      agent,
      method,
      path,
      headers: { ...headers, ...extra },
      ...(signal === undefined ? {} : { signal }),
    });

  const request = async <T>(
    method: 'GET' | 'POST',
    path: string,
    body?: unknown,
    how: RequestOptions = {},
  ): Promise<ClientAnswer<T>> => {
    const text = method === 'POST' ? JSON.stringify(body ?? {}) : null;
    const extra =
      text === null
        ? {}
        : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(text)) };
    const once = (): Promise<ClientAnswer<T> | 'again'> =>
      exchange<T>(send(method, path, extra, how.signal), text, how.timeoutMs ?? DEFAULT_TIMEOUT_MS);
    let answer = await once();
    // A kept connection that the server closed at this very moment: it read nothing of the request.
    if (answer === 'again') answer = await once();
    return answer === 'again'
      ? { result: 'unreachable', reason: 'the connection was closed', sent: true }
      : answer;
  };

  return {
    request,
    async reserve(body, how) {
      const answer = await request<WireReserved>('POST', '/reservations', body, how);
      const refused = answer.result === 'problem' ? refusalIn(answer.problem) : null;
      return refused === null
        ? answer
        : { result: 'ok', status: answer.result === 'problem' ? answer.status : 200, body: refused };
    },
    stream(path, how) {
      const extra = {
        accept: 'text/event-stream',
        ...(how.lastEventId === undefined ? {} : { 'last-event-id': how.lastEventId }),
      };
      return openStream(send('GET', path, extra, how.signal));
    },
    close: () => agent.destroy(),
  };
}

function exchange<T>(
  sent: ClientRequest,
  text: string | null,
  timeoutMs: number,
): Promise<ClientAnswer<T> | 'again'> {
  return new Promise((resolve) => {
    sent.setTimeout(timeoutMs, () => sent.destroy(new Error(`no answer within ${timeoutMs} ms`)));
    sent.once('response', (response) => {
      void readAnswer<T>(response).then(resolve);
    });
    sent.once('error', (error: NodeJS.ErrnoException) => {
      resolve(sent.reusedSocket && error.code === 'ECONNRESET' ? 'again' : unreachable(error));
    });
    sent.end(text ?? undefined);
  });
}

function openStream(sent: ClientRequest): Promise<ClientAnswer<AsyncIterable<StreamMessage>>> {
  return new Promise((resolve) => {
    sent.once('response', (response) => {
      if (response.statusCode === 200) {
        resolve({ result: 'ok', status: 200, body: messagesOf(response) });
        return;
      }
      void readAnswer<AsyncIterable<StreamMessage>>(response).then(resolve);
    });
    sent.once('error', (error) => resolve(unreachable(error)));
    sent.end();
  });
}

/** Ends when the stream does, however that happens: whoever reads it looks why and connects again. */
async function* messagesOf(response: IncomingMessage): AsyncGenerator<StreamMessage> {
  let waiting: StreamMessage[] = [];
  const parser = createParser({
    onEvent: (event) => waiting.push({ id: event.id ?? null, data: event.data }),
  });
  response.setEncoding('utf8');
  try {
    for await (const piece of response) {
      parser.feed(String(piece));
      const ready = waiting;
      waiting = [];
      yield* ready;
    }
  } catch {
    // Cut off or aborted: the same as an end.
  }
}

function refusalIn(problem: WireProblem): WireReserved | null {
  if (problem['result'] !== 'refused') return null;
  const left = problem['remaining_micro_usd'];
  const retryAfter = problem['retry_after'];
  return {
    result: 'refused',
    code: problem.code,
    detail: problem.detail,
    hint: problem.hint ?? '',
    remaining_micro_usd: typeof left === 'number' ? left : null,
    ...(problem['at_dearest_price'] === true ? { at_dearest_price: true } : {}),
    ...(typeof retryAfter === 'number' ? { retry_after: retryAfter } : {}),
  };
}
