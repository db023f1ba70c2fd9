// Errors in Anthropic's own shape, so that a model client shows the text to a person and does not retry what cannot work.
import type { ServerResponse } from 'node:http';
import { type ApiError, sendJsonError } from '../call/api-error.ts';

export function sendApiError(response: ServerResponse, error: ApiError): void {
  const document = { type: 'error', error: { type: error.type, message: error.message } };
  sendJsonError(response, error.status, error.shouldRetry, document);
}
