// Errors in Anthropic's own shape, so that a model client shows the text to a person and does not retry what cannot work. In a stream the
// same document is an `error` event: Claude Code then asks once more without a stream, and is answered with the status.
import type { ServerResponse } from 'node:http';
import { type ApiError, sendJsonError } from '../call/api-error.ts';

/** Keeps a stream alive; clients skip it. */
export const PING = 'event: ping\ndata: {"type":"ping"}\n\n';

export function sendApiError(response: ServerResponse, error: ApiError): void {
  const document = { type: 'error', error: { type: error.type, message: error.message } };
  const event = `event: error\ndata: ${JSON.stringify(document)}\n\n`;
  sendJsonError(response, error.status, error, document, event);
}
