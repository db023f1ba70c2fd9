// Passes what is not a model call on to the server, under the run's identity and as its agent: the server judges every route, and
// flags what an agent may not ask. None of the agent's own credentials, cookies or claims travel along.

import {
  Agent,
  request as httpRequest,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type ServerResponse,
} from 'node:http';
import { pipeline } from 'node:stream/promises';
import { faultCode } from '../../core/fault-code.ts';
import type { ServerPlace } from '../link/server-place.ts';
import type { Activity } from './activity.ts';
import { noticeVerdict, type VerdictListener } from './notice-verdict.ts';
import { readBody } from './read-body.ts';
import { type GatewayProblem, NO_ROOM, sendProblem, tooLarge } from './send-problem.ts';

export interface ServerRoute extends VerdictListener {
  readonly place: ServerPlace;
  readonly runSecret: string;
  readonly activity: Activity;
}

/** Idle connections go before the server closes them. */
const serverAgent = new Agent({ keepAlive: true, timeout: 4_000 });
const MAX_BODY_BYTES = 1024 * 1024;
const PASSED_ON = ['accept', 'content-type', 'idempotency-key', 'last-event-id', 'user-agent'];
const PASSED_BACK = [
  'content-type',
  'content-length',
  'cache-control',
  'retry-after',
  'location',
  'etag',
  'allow',
];
/** A GET that stays open until a person has decided. */
const DECISION_WAIT = /^\/proposals\/[^/?]+\?(?:[^#]*&)?wait=/;

export async function forwardToServer(
  route: ServerRoute,
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
  gone: AbortSignal,
): Promise<void> {
  const body = await readBody(request, response, MAX_BODY_BYTES);
  if (body.result === 'gone') return;
  if (body.result === 'too_large') return sendProblem(response, tooLarge(MAX_BODY_BYTES));
  if (body.result === 'no_room') return sendProblem(response, NO_ROOM);
  const port = route.place.port();
  if (port === null) return sendProblem(response, unreachable('no server is running'));
  const answer = await whileHeld(route, path, request, () =>
    ask(port, path, request, body.bytes, route.runSecret, gone),
  );
  if (gone.aborted) return;
  if (answer instanceof Error) {
    route.place.forget();
    return sendProblem(response, unreachable(answer.message));
  }
  response.writeHead(answer.statusCode ?? 502, pick(answer.headers, PASSED_BACK));
  if (request.method === 'POST') noticeVerdict(path, answer, route);
  try {
    await pipeline(answer, response);
  } catch (error) {
    // Either side left in the middle: the agent asks again, or is gone.
    if (faultCode(error) === null) throw error;
  }
}

/** Held is the time that the server takes to answer a wait; how slowly the agent reads the answer is its own time. */
async function whileHeld<T>(
  route: ServerRoute,
  path: string,
  request: IncomingMessage,
  answer: () => Promise<T>,
): Promise<T> {
  if (request.method !== 'GET' || !DECISION_WAIT.test(path)) return answer();
  const endWait = route.activity.waitStarted();
  try {
    return await answer();
  } finally {
    endWait();
  }
}

function ask(
  port: number,
  path: string,
  request: IncomingMessage,
  body: Buffer,
  secret: string,
  gone: AbortSignal,
): Promise<IncomingMessage | Error> {
  return new Promise((resolve) => {
    const sent = httpRequest({
      agent: serverAgent,
      host: '127.0.0.1',
      port,
      method: request.method ?? 'GET',
      path,
      headers: {
        ...pick(request.headers, PASSED_ON),
        authorization: `Bearer ${secret}`,
        'x-governed-as': 'agent',
        ...(body.length > 0 ? { 'content-length': body.length } : {}),
      },
      signal: gone,
    });
    sent.on('error', resolve);
    sent.on('response', resolve);
    sent.end(body);
  });
}

function pick(headers: IncomingMessage['headers'], names: readonly string[]): OutgoingHttpHeaders {
  return Object.fromEntries(
    names.flatMap((name) => (headers[name] === undefined ? [] : [[name, headers[name]]])),
  );
}

function unreachable(why: string): GatewayProblem {
  return {
    status: 503,
    title: 'Server unreachable',
    code: 'server_unreachable',
    detail: `the governed-agents server can't be reached (${why}), and nothing is decided without it`,
    hint: 'try again in a moment; the operator starts it with `governed-agents serve`',
  };
}
