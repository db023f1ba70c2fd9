// Answers of the gateway itself, as problem+json.
import type { ServerResponse } from 'node:http';
import type { WireProblem } from '../../server/wire/problem.ts';

export interface GatewayProblem {
  readonly status: number;
  readonly title: string;
  readonly code: string;
  readonly detail: string;
  readonly hint: string;
}

export const NOT_FOUND: GatewayProblem = {
  status: 404,
  title: 'Not found',
  code: 'not_found',
  detail: 'nothing is here',
  hint: 'use the address in GOVERNED_GATEWAY as it is',
};

export function notAvailableYet(what: string): GatewayProblem {
  return {
    status: 501,
    title: 'Not available yet',
    code: 'not_available_yet',
    detail: `${what} is not available yet through the gateway of a run, so nothing was sent`,
    hint: 'metered: POST /anthropic/v1/messages, /openai/v1/responses and /openai/v1/chat/completions of $GOVERNED_GATEWAY',
  };
}

export const NO_ROOM: GatewayProblem = {
  status: 503,
  title: 'Too much at once',
  code: 'too_much_at_once',
  detail: 'the open requests of this run are too large together',
  hint: 'send fewer at a time',
};

export function tooLarge(maxBytes: number): GatewayProblem {
  return {
    status: 413,
    title: 'Too large',
    code: 'body_too_large',
    detail: `the body is larger than ${maxBytes} bytes`,
    hint: 'send less at once',
  };
}

export function sendProblem(response: ServerResponse, problem: GatewayProblem): void {
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  const body = JSON.stringify(problemBody(problem));
  response.writeHead(problem.status, {
    'content-type': 'application/problem+json',
    'content-length': Buffer.byteLength(body),
    'x-should-retry': String(problem.status === 503),
    // What is left of a body that was not read would be taken for the next request.
    ...(problem.status === 413 ? { connection: 'close' } : {}),
  });
  response.end(body);
}

export function problemBody({ status, title, code, detail, hint }: GatewayProblem): WireProblem {
  return { type: `urn:governed-agents:problem:${code}`, title, status, code, detail, hint };
}
