// Errors in OpenAI's own shape. A budget is 429 with `insufficient_quota`, and any other refusal 400: those two make Codex stop after
// one request, where it asks again five times on everything else. In a stream of Responses it stops at `invalid_prompt`, and shows its text.
import type { ServerResponse } from 'node:http';
import { type ApiError, sendJsonError } from '../call/api-error.ts';
import type { OpenAiRoute } from './openai-route.ts';

/** Keep a stream alive. Codex counts a comment as silence; an event of a kind that it does not know, it skips. */
export const SIGN_OF_LIFE: Readonly<Record<OpenAiRoute, string>> = {
  responses: 'event: keepalive\ndata: {"type":"keepalive","sequence_number":0}\n\n',
  'chat/completions': ': keep-alive\n\n',
};

export function sendOpenAiError(
  response: ServerResponse,
  error: ApiError,
  route: OpenAiRoute = 'responses',
): void {
  const { status, code } = shapeOf(error);
  const document = { error: { message: error.message, type: code, param: null, code } };
  const event = route === 'responses' ? failed(error) : `data: ${JSON.stringify(document)}\n\n`;
  sendJsonError(response, status, error, document, event);
}

function failed({ message, shouldRetry }: ApiError): string {
  const response = {
    id: 'resp_governed',
    object: 'response',
    status: 'failed',
    error: { code: shouldRetry ? 'server_error' : 'invalid_prompt', message },
    output: [],
    usage: null,
  };
  const data = { type: 'response.failed', sequence_number: 1, response };
  return `event: response.failed\ndata: ${JSON.stringify(data)}\n\n`;
}

function shapeOf(error: ApiError): { readonly status: number; readonly code: string } {
  if (error.type === 'billing_error') return { status: 429, code: 'insufficient_quota' };
  if (error.type === 'rate_limit_error') return { status: 429, code: 'rate_limit_exceeded' };
  if (error.shouldRetry) return { status: error.status, code: 'server_error' };
  if (error.status === 413) return { status: 413, code: 'invalid_request_error' };
  return {
    status: 400,
    code: error.type === 'permission_error' ? 'permission_denied' : 'invalid_request_error',
  };
}
