// What a handler answers, turned into a response with the headers that every response of this server has.
import { type Problem, toWireProblem } from './problem.ts';

export interface JsonAnswer {
  readonly kind: 'json';
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface RawAnswer {
  readonly kind: 'raw';
  readonly status: number;
  readonly body: string | Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array>;
  readonly headers: Readonly<Record<string, string>>;
}

export type Answer = JsonAnswer | RawAnswer | Problem;

export function json(body: unknown, status = 200, headers?: Readonly<Record<string, string>>): JsonAnswer {
  return headers === undefined ? { kind: 'json', status, body } : { kind: 'json', status, body, headers };
}

const ALWAYS = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};
const JSON_HEADERS = { ...ALWAYS, 'content-type': 'application/json' };
const PROBLEM_HEADERS = { ...ALWAYS, 'content-type': 'application/problem+json' };

export function toResponse(answer: Answer): Response {
  if (answer.kind === 'json') {
    const headers = answer.headers === undefined ? JSON_HEADERS : { ...JSON_HEADERS, ...answer.headers };
    return new Response(JSON.stringify(answer.body), { status: answer.status, headers });
  }
  if (answer.kind === 'raw') {
    return new Response(answer.body, { status: answer.status, headers: { ...ALWAYS, ...answer.headers } });
  }
  const headers = {
    ...PROBLEM_HEADERS,
    ...(answer.status === 401 ? { 'www-authenticate': 'Bearer realm="governed-agents"' } : {}),
    ...(answer.status === 413 ? { connection: 'close' } : {}),
  };
  return new Response(JSON.stringify(toWireProblem(answer)), { status: answer.status, headers });
}
