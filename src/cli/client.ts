// Speaks to the project's server as the operator. Whether it answers is part of the answer: a command that can do without the
// server decides that itself.
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { readServerFile, readToken } from '../config/entry.ts';
import { OperationError } from '../core/fault.ts';
import { isAlive } from '../process/entry.ts';
import { isWireProblem, type WireProblem } from '../server/wire/problem.ts';
import type { Project } from './project.ts';
import { RefusalError } from './refusal-error.ts';

export type Answer =
  | { readonly result: 'ok'; readonly status: number; readonly body: unknown }
  | { readonly result: 'refused'; readonly status: number; readonly problem: WireProblem }
  /** No server listens, or it does not answer in time. */
  | { readonly result: 'unreachable'; readonly reason: string };

export interface Client {
  readonly port: number | null;
  get(path: string, limitMs?: number): Promise<Answer>;
  post(path: string, body?: unknown, limitMs?: number): Promise<Answer>;
  remove(path: string): Promise<Answer>;
}

const DEFAULT_LIMIT_MS = 10_000;
const MOST_BYTES = 64 * 1024 * 1024;

export function clientOf(project: Project): Client {
  const port = livePort(project);
  const ask = async (
    method: string,
    path: string,
    body: unknown,
    limitMs = DEFAULT_LIMIT_MS,
  ): Promise<Answer> => {
    if (port === null) return { result: 'unreachable', reason: 'no server is running' };
    const token = readToken(project.state.keys, 'operator');
    return send({ port, token, method, path, body, limitMs });
  };
  return {
    port,
    get: (path, limitMs) => ask('GET', path, undefined, limitMs),
    post: (path, body = {}, limitMs) => ask('POST', path, body, limitMs),
    remove: (path) => ask('DELETE', path, undefined),
  };
}

/**
 * Null unless the very process that wrote the file still lives: the operator's token is not given to whoever took the port of a
 * server that is gone.
 */
function livePort(project: Project): number | null {
  const file = readServerFile(project.state);
  if (file === null) return null;
  const alive = isAlive({ pid: file.pid, startTicks: file.start_ticks, bootId: file.boot_id });
  return alive ? file.port : null;
}

/** The body of a good answer; throws what a person should read otherwise. */
export function bodyOf(answer: Answer): unknown {
  if (answer.result === 'ok') return answer.body;
  if (answer.result === 'unreachable') throw unreachable(answer.reason);
  const { code, detail, hint } = answer.problem;
  throw new RefusalError({ code, detail, hint: hint ?? null });
}

export function unreachable(reason: string): OperationError {
  return new OperationError({
    op: 'ask the server',
    code: 'server_unreachable',
    message: `the server of this project does not answer: ${reason}`,
    hint: 'start it with `governed-agents serve`, or in the background with `governed-agents up`',
  });
}

interface Ask {
  readonly port: number;
  readonly token: string;
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
  readonly limitMs: number;
}

function send(ask: Ask): Promise<Answer> {
  const payload = ask.body === undefined ? null : Buffer.from(JSON.stringify(ask.body));
  return new Promise((resolve) => {
    const unreachableNow = (reason: string): void => resolve({ result: 'unreachable', reason });
    const request = httpRequest(
      {
        host: '127.0.0.1',
        port: ask.port,
        method: ask.method,
        path: ask.path,
        agent: false,
        headers: {
          host: `127.0.0.1:${ask.port}`,
          authorization: `Bearer ${ask.token}`,
          ...(payload === null
            ? {}
            : { 'content-type': 'application/json', 'content-length': String(payload.length) }),
        },
      },
      (response) => {
        readBody(response).then(
          (text) => {
            clearTimeout(timer);
            resolve(toAnswer(response.statusCode ?? 0, text));
          },
          (error: Error) => unreachableNow(error.message),
        );
      },
    );
    const timer = setTimeout(() => {
      request.destroy();
      unreachableNow(`no answer from port ${ask.port} within ${ask.limitMs / 1_000} s`);
    }, ask.limitMs);
    request.on('error', (error: NodeJS.ErrnoException) => {
      clearTimeout(timer);
      unreachableNow(error.code === 'ECONNREFUSED' ? `nothing listens on port ${ask.port}` : error.message);
    });
    request.end(payload ?? undefined);
  });
}

async function readBody(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response) {
    const part = chunk as Buffer;
    bytes += part.length;
    if (bytes > MOST_BYTES) throw new Error('the answer is longer than 64 MiB');
    chunks.push(part);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function toAnswer(status: number, text: string): Answer {
  const body = parseJson(text);
  if (status >= 200 && status < 300) return { result: 'ok', status, body };
  if (isWireProblem(body)) return { result: 'refused', status, problem: body };
  return { result: 'unreachable', reason: `what listens there is not our server (HTTP ${status})` };
}

function parseJson(text: string): unknown {
  if (text === '') return null;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}
