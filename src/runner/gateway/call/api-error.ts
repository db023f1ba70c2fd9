// A refusal of the meter before it is put into the provider's own shape: the status says what it is, the shape is each provider's.
import type { ServerResponse } from 'node:http';

export interface ApiError {
  readonly status: 400 | 402 | 403 | 404 | 413 | 501 | 502 | 503;
  readonly type:
    | 'invalid_request_error'
    | 'billing_error'
    | 'permission_error'
    | 'not_found_error'
    | 'request_too_large'
    | 'api_error'
    | 'overloaded_error';
  /** What happened, why, and what to do next. */
  readonly message: string;
  readonly shouldRetry: boolean;
}

export type SendError = (response: ServerResponse, error: ApiError) => void;

export function badRequest(message: string): ApiError {
  return { status: 400, type: 'invalid_request_error', message, shouldRetry: false };
}

/** Nothing when an answer has begun: it can only be broken off then. */
export function sendJsonError(
  response: ServerResponse,
  status: number,
  shouldRetry: boolean,
  document: unknown,
): void {
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  const body = JSON.stringify(document);
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    'x-should-retry': String(shouldRetry),
    ...(shouldRetry ? { 'retry-after': '1' } : {}),
  });
  response.end(body);
}
