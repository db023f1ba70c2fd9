// The metered path of Anthropic Messages: judge, reserve, send, settle. Nothing is sent without a reservation, and every reservation
// that was made is closed, whichever way the call ends.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { WireProvider } from '../../../server/wire/run.ts';
import type { Activity } from '../activity.ts';
import type { ProviderKey } from '../provider-key.ts';
import { readBody } from '../read-body.ts';
import { type ApiError, sendApiError } from './api-error.ts';
import { closeCall } from './close-call.ts';
import { judgeRequest } from './judge-request.ts';
import { type ReserveContext, reserveCall } from './reserve-call.ts';
import { sendUpstream } from './send-upstream.ts';

export interface MessagesContext extends ReserveContext {
  readonly activity: Activity;
  /** Null when the rules name no such provider. */
  readonly provider: { readonly wire: WireProvider; readonly key: () => Promise<ProviderKey> } | null;
}

const MAX_BODY_BYTES = 64 * 1024 * 1024;
const DEFAULT_VERSION = '2023-06-01';

export async function meterMessages(
  context: MessagesContext,
  query: string,
  request: IncomingMessage,
  response: ServerResponse,
  gone: AbortSignal,
): Promise<void> {
  const callEnded = context.activity.modelCallStarted();
  try {
    const error = await meter(context, query, request, response, gone);
    if (error !== null && !gone.aborted) sendApiError(response, error);
  } finally {
    callEnded();
  }
}

/** Null when the call went out, or nobody is left to answer. */
async function meter(
  context: MessagesContext,
  query: string,
  request: IncomingMessage,
  response: ServerResponse,
  gone: AbortSignal,
): Promise<ApiError | null> {
  if (context.provider === null) return noProvider();
  const { wire, key: findKey } = context.provider;
  const read = await readBody(request, MAX_BODY_BYTES);
  if (read.result === 'gone') return null;
  if (read.result === 'too_large') return bodyTooLarge();
  const betas = request.headers['anthropic-beta']?.toString();
  const judged = judgeRequest(read.bytes, betas);
  if (judged.result === 'refused') return judged.error;
  const key = await findKey();
  if (key.result === 'missing') return noKey(key.why);
  const reservation = await reserveCall(context, judged, gone);
  if (reservation.result === 'refused') return reservation.error;
  if (reservation.result === 'gone') return null;
  const end = await sendUpstream(
    {
      url: new URL(`${wire.base_url}/v1/messages${query}`),
      headers: headersFor(request, betas, key.value),
      body: judged.body,
      cacheLife: judged.cacheLife,
    },
    response,
    context.gate,
    gone,
  );
  context.settlements.close(reservation.reservationId, closeCall(end));
  return null;
}

/** Nothing of the agent's own but what the API needs to understand the request. */
function headersFor(
  request: IncomingMessage,
  betas: string | undefined,
  key: string | null,
): Record<string, string> {
  const { accept, 'user-agent': userAgent } = request.headers;
  return {
    'content-type': 'application/json',
    'accept-encoding': 'identity',
    accept: accept ?? '*/*',
    'anthropic-version': request.headers['anthropic-version']?.toString() ?? DEFAULT_VERSION,
    ...(betas === undefined ? {} : { 'anthropic-beta': betas }),
    ...(userAgent === undefined ? {} : { 'user-agent': userAgent }),
    ...(key === null ? {} : { 'x-api-key': key }),
  };
}

function noProvider(): ApiError {
  const message =
    'no provider for Anthropic models is set up, so nothing was sent; add [providers.anthropic] with a key to governed.toml and accept it';
  return { status: 403, type: 'permission_error', message, shouldRetry: false };
}

function noKey(why: string): ApiError {
  const message = `the provider's key was not found: ${why}; nothing was sent. See key in [providers.anthropic] of governed.toml`;
  return { status: 502, type: 'api_error', message, shouldRetry: false };
}

function bodyTooLarge(): ApiError {
  const message = `the request is larger than ${MAX_BODY_BYTES / 1024 / 1024} MiB, so nothing was sent; send less at once`;
  return { status: 413, type: 'request_too_large', message, shouldRetry: false };
}
