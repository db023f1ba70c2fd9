// The metered path of OpenAI's Responses and Chat Completions, to OpenAI or whoever speaks as it does: judge, reserve, send, settle.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ApiError } from '../call/api-error.ts';
import { bodyTooLarge, type CallContext, MAX_BODY_BYTES, noKey, noProvider } from '../call/call-context.ts';
import { closeCall } from '../call/close-call.ts';
import { reserveCall } from '../call/reserve-call.ts';
import { sendUpstream } from '../call/send-upstream.ts';
import { readBody } from '../read-body.ts';
import { chatCollectors, responsesCollectors } from './answer-usage.ts';
import { sendOpenAiError } from './api-error.ts';
import { judgeOpenAi, type OpenAiRoute } from './judge-request.ts';

const PROVIDER = 'openai';

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
    if (error !== null && !gone.aborted) sendOpenAiError(response, error);
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
  const { wire, key: findKey } = context.provider;
  const read = await readBody(request, MAX_BODY_BYTES);
  if (read.result === 'gone') return null;
  if (read.result === 'too_large') return bodyTooLarge();
  const judged = judgeOpenAi(route, read.bytes);
  if (judged.result === 'refused') return judged.error;
  const key = await findKey();
  if (key.result === 'missing') return noKey(PROVIDER, key.why);
  const { model, inputTokens, outputTokens, body } = judged;
  const reservation = await reserveCall(
    context,
    { provider: PROVIDER, model, inputTokens, outputTokens },
    gone,
  );
  if (reservation.result === 'refused') return reservation.error;
  if (reservation.result === 'gone') return null;
  const call = {
    url: new URL(`${versioned(wire.base_url)}/${route}`),
    headers: headersFor(request, key.value),
    body,
    provider: PROVIDER,
    collectors: route === 'responses' ? responsesCollectors : chatCollectors,
    sendError: sendOpenAiError,
  };
  const end = await sendUpstream(call, response, context.gate, gone);
  context.settlements.close(reservation.reservationId, closeCall(end));
  return null;
}

/** A base with a version of its own ("https://openrouter.ai/api/v1") is taken as it is. */
function versioned(base: string): string {
  return /\/v\d+$/.test(base) ? base : `${base}/v1`;
}

/** Nothing of the agent's own but what the API needs to understand the request. */
function headersFor(request: IncomingMessage, key: string | null): Record<string, string> {
  const { accept, 'user-agent': userAgent, 'openai-beta': beta } = request.headers;
  return {
    'content-type': 'application/json',
    'accept-encoding': 'identity',
    accept: accept ?? '*/*',
    ...(beta === undefined ? {} : { 'openai-beta': beta.toString() }),
    ...(userAgent === undefined ? {} : { 'user-agent': userAgent }),
    ...(key === null ? {} : { authorization: `Bearer ${key}` }),
  };
}
