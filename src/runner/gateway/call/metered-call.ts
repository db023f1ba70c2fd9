// The metered path of every model call: judge, reserve, send, settle. Nothing is sent without a reservation, and every reservation that was
// made is closed, whichever way the call ends.
import type { IncomingHttpHeaders, IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { heldUntilAnswered } from '../held-bytes.ts';
import type { ProviderKey } from '../provider-key.ts';
import { readBody } from '../read-body.ts';
import type { ApiError } from './api-error.ts';
import { blockedByKey, blockedByNoLogin, blockedByNoProvider, type Credential } from './blocked-call.ts';
import { type CallContext, MAX_BODY_BYTES, type ProviderAccess } from './call-context.ts';
import { closeCall, inputCounted } from './close-call.ts';
import type { Dialect } from './dialect.ts';
import { holdAnswer } from './held-answer.ts';
import type { OperatorBounds } from './judged-call.ts';
import { noKey, noOwnLogin, noProvider, notRead } from './not-sent.ts';
import { picked } from './picked-headers.ts';
import { reserveCall } from './reserve-call.ts';
import { sendUpstream, type UpstreamCall } from './send-upstream.ts';
import type { AskedCall } from './usage-collector.ts';
import type { Way } from './way-upstream.ts';

export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Whoever asked has left. */
  readonly gone: AbortSignal;
}

/** Of a call that books nothing. */
const UNMETERED: AskedCall = { model: '', cacheLife: '5m' };

export async function meterCall(context: CallContext, dialect: Dialect, exchange: Exchange): Promise<void> {
  const callEnded = context.activity.modelCallStarted();
  try {
    const error = await meter(context, dialect, exchange);
    if (error !== null && !exchange.gone.aborted) dialect.sendError(exchange.response, error);
  } finally {
    callEnded();
  }
}

/** For what is free: nothing is reserved. */
export async function passCall(context: CallContext, dialect: Dialect, exchange: Exchange): Promise<void> {
  const { request, response, gone } = exchange;
  const received = await receive(context, dialect, exchange);
  if (received.result === 'gone') return;
  if (received.result === 'refused') return dialect.sendError(response, received.error);
  const { provider, bytes } = received;
  const signed = await sign(context, provider, dialect, request.headers);
  if (signed.result === 'refused') return dialect.sendError(response, signed.error);
  const { method, path } = dialect;
  const body = method === 'GET' ? Buffer.alloc(0) : bytes;
  const call = { ...signed, ...answerOf(context, dialect, UNMETERED), method, path, body };
  await sendUpstream(call, response, context.gate, gone);
}

/** Null when the call went out, or nobody is left to answer. */
async function meter(context: CallContext, dialect: Dialect, exchange: Exchange): Promise<ApiError | null> {
  const { request, response, gone } = exchange;
  const received = await receive(context, dialect, exchange);
  if (received.result === 'gone') return null;
  if (received.result === 'refused') return received.error;
  const { provider, bytes } = received;
  const judged = dialect.judge(bytes, request.headers, boundsOf(context, provider, dialect, request.headers));
  if (judged.result === 'refused') return judged.error;
  if (!heldUntilAnswered(response).add(judged.parsedBytes)) return notRead('no_room', MAX_BODY_BYTES);
  const signed = await sign(context, provider, dialect, request.headers);
  if (signed.result === 'refused') return signed.error;
  const { model, inputTokens, outputTokens, cacheLife, shape, body } = judged;
  const { way, headers, secret, credential } = signed;
  const call = { way, method: dialect.method, path: dialect.path, headers, body };
  const { count } = dialect;
  const known = (): number => context.known.bound(shape);
  const lower = count === undefined ? [known] : [known, () => count(call, gone)];
  const bounded = { provider: dialect.provider, model, inputTokens, outputTokens, cacheLife, lower };
  const release = holdAnswer(response, judged.isStream ? dialect.signOfLife : null, context.holdTimes);
  const reservation = await reserveCall(context, bounded, gone).finally(release);
  if (reservation.result === 'refused') return reservation.error;
  if (reservation.result === 'gone') return null;
  const answer = answerOf(context, dialect, { model, cacheLife });
  const end = await sendUpstream({ ...call, ...answer, secret, credential }, response, context.gate, gone);
  context.settlements.close(reservation.reservationId, closeCall(end));
  const counted = inputCounted(end);
  if (counted !== null) context.known.note(shape, counted);
  return null;
}

/** A provider's own subscription refuses requests that limit their answer. */
function boundsOf(
  { bounds }: CallContext,
  { loginWay }: ProviderAccess,
  dialect: Dialect,
  came: IncomingHttpHeaders,
): OperatorBounds {
  return loginWay !== null && dialect.isSubscription(came) ? { ...bounds, maxOutputTokens: null } : bounds;
}

/** What becomes of the answer to a call. */
function answerOf(
  { onBlocked }: CallContext,
  dialect: Dialect,
  asked: AskedCall,
): Pick<UpstreamCall, 'provider' | 'sendError' | 'collectors' | 'onBlocked'> {
  const { provider, sendError } = dialect;
  return { provider, sendError, onBlocked, collectors: dialect.collectors(asked) };
}

type Refused = { readonly result: 'refused'; readonly error: ApiError };

async function receive(
  { provider, onBlocked }: CallContext,
  dialect: Dialect,
  { request, response }: Exchange,
): Promise<
  | Refused
  | { readonly result: 'gone' }
  | { readonly result: 'read'; readonly provider: ProviderAccess; readonly bytes: Buffer }
> {
  if (provider === null) {
    onBlocked(blockedByNoProvider(dialect.provider));
    return refused(noProvider(dialect.provider));
  }
  const read = await readBody(request, response, MAX_BODY_BYTES);
  if (read.result === 'gone') return read;
  if (read.result === 'read') return { ...read, provider };
  return refused(notRead(read.result, MAX_BODY_BYTES));
}

interface Signed {
  readonly result: 'signed';
  readonly way: Way;
  readonly headers: OutgoingHttpHeaders;
  /** The key or login in them that must not come back. */
  readonly secret: string | null;
  readonly credential: Credential;
}

/** Gives a call its headers: the key, and nothing of the agent's own but what the API needs to understand the request. */
async function sign(
  { onBlocked }: CallContext,
  provider: ProviderAccess,
  dialect: Dialect,
  came: IncomingHttpHeaders,
): Promise<Refused | Signed> {
  const key = await provider.key();
  if (key.result === 'missing') {
    onBlocked(blockedByKey(dialect.provider, key));
    return refused(noKey(dialect.provider));
  }
  const login = loginOf(key, dialect, came);
  const token = tokenIn(login);
  if (key.result === 'own' && token === null) {
    onBlocked(blockedByNoLogin(dialect.provider));
    return refused(noOwnLogin(dialect.provider));
  }
  const isSubscription = key.result === 'own' && dialect.isSubscription(came);
  const headers = {
    'content-type': 'application/json',
    'accept-encoding': 'identity',
    accept: came.accept ?? '*/*',
    ...picked(came, ['user-agent']),
    ...dialect.ownHeaders(came),
    ...(key.result === 'own' ? picked(came, dialect.besideLogin) : {}),
    ...login,
  };
  const way = isSubscription ? (provider.loginWay ?? provider.way) : provider.way;
  const credential = key.result === 'own' ? 'login' : token === null ? 'none' : 'key';
  return { result: 'signed', way, headers, secret: token, credential };
}

function loginOf(
  key: Exclude<ProviderKey, { result: 'missing' }>,
  dialect: Dialect,
  came: IncomingHttpHeaders,
): OutgoingHttpHeaders {
  if (key.result === 'own') return picked(came, dialect.ownLogin);
  return key.value === null ? {} : dialect.keyHeaders(key.value);
}

/** The token itself, behind the name of its scheme. */
function tokenIn(login: OutgoingHttpHeaders): string | null {
  const [value = ''] = Object.values(login);
  return value === '' ? null : value.toString().replace(/^\S+ /, '');
}

function refused(error: ApiError): Refused {
  return { result: 'refused', error };
}
