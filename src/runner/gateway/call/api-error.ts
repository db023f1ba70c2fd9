// A refusal of the meter before it is put into the provider's own shape: the status says what it is, the shape is each provider's.
import type { ServerResponse } from 'node:http';
import { isRecord, parseObject, textOf } from '../../../core/json-object.ts';

export interface ApiError {
  readonly status: 400 | 402 | 403 | 404 | 413 | 429 | 501 | 502 | 503;
  readonly type:
    | 'invalid_request_error'
    | 'billing_error'
    | 'permission_error'
    | 'not_found_error'
    | 'request_too_large'
    | 'rate_limit_error'
    | 'api_error'
    | 'overloaded_error';
  /** What happened, why, and what to do next. */
  readonly message: string;
  readonly shouldRetry: boolean;
  /** When it is worth to ask again; a second where nothing is said. */
  readonly retryAfterS?: number;
}

export type SendError = (response: ServerResponse, error: ApiError) => void;

/** What the provider answered to a call that had been held open, whose status could not be passed on any more. */
export function upstreamError(status: number, text: string): ApiError {
  const error = parseObject(text)?.['error'];
  const said = isRecord(error) ? textOf(error['message']) : '';
  const message = `the model provider answered ${status}${said === '' ? '' : `: ${said}`}`;
  return { status: 502, type: 'api_error', message, shouldRetry: status === 429 || status >= 500 };
}

export function badRequest(message: string): ApiError {
  return { status: 400, type: 'invalid_request_error', message, shouldRetry: false };
}

/** In an answer that was held open as a stream it is said by `event`, the same in the provider's stream. */
export function sendJsonError(
  response: ServerResponse,
  status: number,
  { shouldRetry, retryAfterS = 1 }: Pick<ApiError, 'shouldRetry' | 'retryAfterS'>,
  document: unknown,
  event: string,
): void {
  if (response.destroyed) return;
  if (response.headersSent) {
    response.end(event);
    return;
  }
  const body = JSON.stringify(document);
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    'x-should-retry': String(shouldRetry),
    ...(shouldRetry ? { 'retry-after': String(retryAfterS) } : {}),
  });
  response.end(body);
}
