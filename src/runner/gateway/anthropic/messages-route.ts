// The metered path of Anthropic Messages: judge, reserve, send, settle. Nothing is sent without a reservation, and every reservation
// that was made is closed, whichever way the call ends. Counting tokens is free and passes as it is.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ApiError } from '../call/api-error.ts';
import {
  type CallContext,
  MAX_BODY_BYTES,
  noKey,
  noOwnLogin,
  noProvider,
  notRead,
  ownHeaders,
  versioned,
} from '../call/call-context.ts';
import { closeCall, inputCounted } from '../call/close-call.ts';
import { holdAnswer } from '../call/held-answer.ts';
import { reserveCall } from '../call/reserve-call.ts';
import { sendUpstream, type UpstreamCall } from '../call/send-upstream.ts';
import { readBody } from '../read-body.ts';
import { collectAnswerUsage } from './answer-usage.ts';
import { PING, sendApiError } from './api-error.ts';
import { countTokens } from './count-tokens.ts';
import { judgeRequest } from './judge-request.ts';
import { collectStreamUsage } from './stream-usage.ts';
import type { AskedCall } from './usage.ts';

const DEFAULT_VERSION = '2023-06-01';
const PROVIDER = 'anthropic';
const UNMETERED: AskedCall = { model: '', cacheLife: '5m' };
/** `x-app` is what a subscription is checked by, beside the login itself. */
const OWN_LOGIN = ['authorization', 'x-api-key', 'x-app'];

export async function meterMessages(
  context: CallContext,
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

/** Free, so nothing is reserved; it is sent as it came. */
export async function countMessages(
  context: CallContext,
  query: string,
  request: IncomingMessage,
  response: ServerResponse,
  gone: AbortSignal,
): Promise<void> {
  const opened = await open(context, request, response);
  if (opened.result === 'gone') return;
  if (opened.result === 'refused') return sendApiError(response, opened.error);
  const { base, headers, secret, body, proxy } = opened;
  const url = new URL(`${base}/messages/count_tokens${query}`);
  await sendUpstream(
    { ...upstream(UNMETERED), url, headers, secret, body, proxy },
    response,
    context.gate,
    gone,
  );
}

/** Null when the call went out, or nobody is left to answer. */
async function meter(
  context: CallContext,
  query: string,
  request: IncomingMessage,
  response: ServerResponse,
  gone: AbortSignal,
): Promise<ApiError | null> {
  const opened = await open(context, request, response, true);
  if (opened.result === 'gone') return null;
  if (opened.result === 'refused') return opened.error;
  const { base, headers, secret, proxy, judged } = opened;
  if (judged === null) return null;
  const { model, inputTokens, outputTokens, cacheLife, shape, body } = judged;
  const countUrl = new URL(`${base}/messages/count_tokens${query}`);
  const count = (): Promise<number | null> => countTokens({ url: countUrl, headers, body, proxy }, gone);
  const lower = [() => context.known.bound(shape), count];
  const bounded = { provider: PROVIDER, model, inputTokens, outputTokens, cacheLife, lower };
  const release = holdAnswer(response, judged.isStream ? PING : null, context.holdTimes);
  const reservation = await reserveCall(context, bounded, gone).finally(release);
  if (reservation.result === 'refused') return reservation.error;
  if (reservation.result === 'gone') return null;
  const url = new URL(`${base}/messages${query}`);
  const end = await sendUpstream(
    { ...upstream({ model, cacheLife }), url, headers, secret, body, proxy },
    response,
    context.gate,
    gone,
  );
  context.settlements.close(reservation.reservationId, closeCall(end));
  const counted = inputCounted(end);
  if (counted !== null) context.known.note(shape, counted);
  return null;
}

type Opened =
  | { readonly result: 'gone' }
  | { readonly result: 'refused'; readonly error: ApiError }
  | {
      readonly result: 'open';
      readonly base: string;
      readonly headers: Record<string, string>;
      /** The key in them that must not come back. */
      readonly secret: string | null;
      readonly body: Buffer;
      readonly proxy: URL | null;
      readonly judged: Extract<ReturnType<typeof judgeRequest>, { result: 'bounded' }> | null;
    };

/** The body and the key; what can be refused is refused before the key is looked for. */
async function open(
  context: CallContext,
  request: IncomingMessage,
  response: ServerResponse,
  isJudged = false,
): Promise<Opened> {
  if (context.provider === null) return refused(noProvider(PROVIDER));
  const { wire, key: findKey, proxy } = context.provider;
  const read = await readBody(request, response, MAX_BODY_BYTES);
  if (read.result === 'gone') return { result: 'gone' };
  if (read.result !== 'read') return refused(notRead(read.result));
  const betas = request.headers['anthropic-beta']?.toString();
  const judged = isJudged ? judgeRequest(read.bytes, betas) : null;
  if (judged?.result === 'refused') return refused(judged.error);
  const key = await findKey();
  if (key.result === 'missing') return refused(noKey(PROVIDER, key.why));
  const login =
    key.result === 'own'
      ? ownHeaders(request, OWN_LOGIN)
      : key.value === null
        ? {}
        : { 'x-api-key': key.value };
  if (login === null) return refused(noOwnLogin(PROVIDER));
  const headers = { ...headersFor(request, betas), ...login };
  const secret = key.result === 'own' ? null : key.value;
  return { result: 'open', base: versioned(wire.base_url), headers, secret, body: read.bytes, proxy, judged };
}

function refused(error: ApiError): Opened {
  return { result: 'refused', error };
}

function upstream(asked: AskedCall): Pick<UpstreamCall, 'provider' | 'collectors' | 'sendError'> {
  const collectors = {
    stream: () => collectStreamUsage(asked),
    document: () => collectAnswerUsage(asked),
  };
  return { provider: PROVIDER, collectors, sendError: sendApiError };
}

/** Nothing of the agent's own but what the API needs to understand the request. */
function headersFor(request: IncomingMessage, betas: string | undefined): Record<string, string> {
  const { accept, 'user-agent': userAgent } = request.headers;
  return {
    'content-type': 'application/json',
    'accept-encoding': 'identity',
    accept: accept ?? '*/*',
    'anthropic-version': request.headers['anthropic-version']?.toString() ?? DEFAULT_VERSION,
    ...(betas === undefined ? {} : { 'anthropic-beta': betas }),
    ...(userAgent === undefined ? {} : { 'user-agent': userAgent }),
  };
}
