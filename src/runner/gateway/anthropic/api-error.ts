// Errors in the provider's own shape, so that a model client shows the text to a person and does not retry what cannot work.
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

export function badRequest(message: string): ApiError {
  return { status: 400, type: 'invalid_request_error', message, shouldRetry: false };
}

export function sendApiError(response: ServerResponse, error: ApiError): void {
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  const body = JSON.stringify({ type: 'error', error: { type: error.type, message: error.message } });
  response.writeHead(error.status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    'x-should-retry': String(error.shouldRetry),
    ...(error.shouldRetry ? { 'retry-after': '1' } : {}),
  });
  response.end(body);
}
