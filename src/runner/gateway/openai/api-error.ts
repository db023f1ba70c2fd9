// Errors in OpenAI's own shape. A budget is 429 with `insufficient_quota`, and any other refusal 400: those two make Codex stop after
// one request, where it asks again five times on everything else.
import type { ServerResponse } from 'node:http';
import { type ApiError, sendJsonError } from '../call/api-error.ts';

export function sendOpenAiError(response: ServerResponse, error: ApiError): void {
  const { status, code } = shapeOf(error);
  const document = { error: { message: error.message, type: code, param: null, code } };
  sendJsonError(response, status, error.shouldRetry, document);
}

function shapeOf(error: ApiError): { readonly status: number; readonly code: string } {
  if (error.type === 'billing_error') return { status: 429, code: 'insufficient_quota' };
  if (error.shouldRetry) return { status: error.status, code: 'server_error' };
  if (error.status === 413) return { status: 413, code: 'invalid_request_error' };
  return {
    status: 400,
    code: error.type === 'permission_error' ? 'permission_denied' : 'invalid_request_error',
  };
}
