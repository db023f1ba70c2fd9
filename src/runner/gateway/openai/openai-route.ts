// The metered path of OpenAI's Responses and Chat Completions, to OpenAI or whoever speaks as it does: judge, reserve, send, settle.
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
import { sendUpstream } from '../call/send-upstream.ts';
import { readBody } from '../read-body.ts';
import { collectorsFor } from './answer-usage.ts';
import { SIGN_OF_LIFE, sendOpenAiError } from './api-error.ts';
import { judgeOpenAi, type OpenAiRoute } from './judge-request.ts';

const PROVIDER = 'openai';
const OWN_LOGIN = ['authorization', 'api-key', 'openai-organization', 'openai-project'];

export async function meterOpenAi(
  context: CallContext,
  route: OpenAiRoute,
  request: IncomingMessage,
  response: ServerResponse,
  gone: AbortSignal,
): Promise<void> {
  const callEnded = context.activity.modelCallStarted();
  try {
    const error = await meter(context, route, request, response, gone);
    if (error !== null && !gone.aborted) sendOpenAiError(response, error, route);
  } finally {
    callEnded();
  }
}

/** Null when the call went out, or nobody is left to answer. */
async function meter(
  context: CallContext,
  route: OpenAiRoute,
  request: IncomingMessage,
  response: ServerResponse,
  gone: AbortSignal,
): Promise<ApiError | null> {
  if (context.provider === null) return noProvider(PROVIDER);
  const { wire, key: findKey, proxy } = context.provider;
  const read = await readBody(request, response, MAX_BODY_BYTES);
  if (read.result === 'gone') return null;
  if (read.result !== 'read') return notRead(read.result);
  const judged = judgeOpenAi(route, read.bytes);
  if (judged.result === 'refused') return judged.error;
  const key = await findKey();
  if (key.result === 'missing') return noKey(PROVIDER, key.why);
  const login =
    key.result === 'own'
      ? ownHeaders(request, OWN_LOGIN)
      : key.value === null
        ? {}
        : { authorization: `Bearer ${key.value}` };
  if (login === null) return noOwnLogin(PROVIDER);
  const { model, inputTokens, outputTokens, cacheLife, shape, body } = judged;
  const release = holdAnswer(response, judged.isStream ? SIGN_OF_LIFE[route] : null, context.holdTimes);
  const lower = [() => context.known.bound(shape)];
  const bounded = { provider: PROVIDER, model, inputTokens, outputTokens, cacheLife, lower };
  const reservation = await reserveCall(context, bounded, gone).finally(release);
  if (reservation.result === 'refused') return reservation.error;
  if (reservation.result === 'gone') return null;
  const call = {
    url: new URL(`${versioned(wire.base_url)}/${route}`),
    headers: { ...headersFor(request), ...login },
    secret: key.result === 'own' ? null : key.value,
    body,
    proxy,
    provider: PROVIDER,
    collectors: collectorsFor(route, { model, cacheLife }),
    sendError: (to: ServerResponse, error: ApiError) => sendOpenAiError(to, error, route),
  };
  const end = await sendUpstream(call, response, context.gate, gone);
  context.settlements.close(reservation.reservationId, closeCall(end));
  const counted = inputCounted(end);
  if (counted !== null) context.known.note(shape, counted);
  return null;
}

/** Nothing of the agent's own but what the API needs to understand the request. */
function headersFor(request: IncomingMessage): Record<string, string> {
  const { accept, 'user-agent': userAgent, 'openai-beta': beta } = request.headers;
  return {
    'content-type': 'application/json',
    'accept-encoding': 'identity',
    accept: accept ?? '*/*',
    ...(beta === undefined ? {} : { 'openai-beta': beta.toString() }),
    ...(userAgent === undefined ? {} : { 'user-agent': userAgent }),
  };
}
