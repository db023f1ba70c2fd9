// Gets a reservation for a judged call before anything is sent, or says why there is none. A call that fails only because others are
// open waits for them, bounded; one of a paused run waits until the run goes on, also when it was this call that met the cap.
import { randomUUID } from 'node:crypto';
import type { WireReserve, WireReserved } from '../../../server/wire/run.ts';
import { backoff, wait } from '../../link/backoff.ts';
import { type OnceMore, onceMoreAtCap } from '../once-more-at-cap.ts';
import type { ApiError } from './api-error.ts';
import { askPatiently, DEFAULT_WAITS, type ReserveContext } from './ask-patiently.ts';

/** The worst case of one call. */
export interface BoundedCall {
  readonly provider: string;
  readonly model: string;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** How long the cache writes that it may cause live; undefined: as dear as they can be. */
  readonly cacheLife?: '5m' | '1h';
  /** Lower bounds of the input, the cheapest to find first; null: there is none. */
  readonly lower: readonly (() => number | null | Promise<number | null>)[];
}

export type CallReservation =
  | { readonly result: 'reserved'; readonly reservationId: string }
  | { readonly result: 'refused'; readonly error: ApiError }
  | { readonly result: 'gone' };

const PAUSED_POLL_MS = 250;
/** Clients that are told to wait longer give up before. */
const LONGEST_WAIT_S = 60;

export async function reserveCall(
  context: ReserveContext,
  call: BoundedCall,
  gone: AbortSignal,
): Promise<CallReservation> {
  const bound: WireReserve = {
    idempotency_key: randomUUID(),
    kind: 'llm',
    provider: call.provider,
    model: call.model,
    input_tokens: call.inputTokens,
    output_tokens: call.outputTokens,
    ...(call.cacheLife === undefined ? {} : { cache_writes: call.cacheLife }),
  };
  const tried = await tryBounds(context, bound, call.lower, gone);
  if (tried.result !== 'too_much') return tried;
  const cap = onceMoreAtCap<Refusal>(context.gate);
  return reserveBody(context, tried.body, cap, gone).finally(cap.close);
}

async function reserveBody(
  context: ReserveContext,
  body: WireReserve,
  cap: OnceMore<Refusal>,
  gone: AbortSignal,
): Promise<CallReservation> {
  const pace = backoff(25, 1_000);
  let openUntilMs: number | undefined;
  for (;;) {
    const answer = await askPatiently(context, body, gone);
    if (answer.result === 'reserved') return { result: 'reserved', reservationId: answer.reservation_id };
    if (answer.result === 'gone' || gone.aborted) return { result: 'gone' };
    if (answer.result === 'unreachable') return { result: 'refused', error: unreachable(answer.why) };
    const heard = cap.hear(answer);
    if (heard === 'again') continue;
    if (heard === 'paused') {
      await wait(PAUSED_POLL_MS, gone);
      continue;
    }
    openUntilMs ??= performance.now() + (context.waits ?? DEFAULT_WAITS).openReservationsMs;
    if (heard.code !== 'open_reservations' || performance.now() >= openUntilMs) {
      return { result: 'refused', error: refusal(heard) };
    }
    await wait(pace.nextMs(), gone);
  }
}

/** The bound by bytes where it fits, without consequences where it does not; then each lower one, found only when it is needed. */
async function tryBounds(
  context: ReserveContext,
  bound: WireReserve,
  lower: BoundedCall['lower'],
  gone: AbortSignal,
): Promise<CallReservation | { readonly result: 'too_much'; readonly body: WireReserve }> {
  let body = bound;
  let tried: WireReserve | null = null;
  for (const find of lower) {
    if (body !== tried) {
      const answer = await askPatiently(context, { ...body, tentative: true }, gone);
      if (answer.result === 'reserved') return { result: 'reserved', reservationId: answer.reservation_id };
      if (answer.result === 'gone' || gone.aborted) return { result: 'gone' };
      if (answer.result === 'unreachable') return { result: 'refused', error: unreachable(answer.why) };
      if (answer.code === 'paused') break;
      if (answer.code !== 'over_cap' && answer.code !== 'open_reservations') {
        return { result: 'refused', error: refusal(answer) };
      }
      tried = body;
    }
    const tokens = await find();
    if (tokens !== null && tokens < body.input_tokens) {
      body = { ...body, input_tokens: tokens, idempotency_key: randomUUID() };
    }
  }
  return { result: 'too_much', body: { ...body, idempotency_key: randomUUID() } };
}

type Refusal = WireReserved & { result: 'refused' };

/** 402 and 403 make a model client stop at once and show the text; 429 makes most of them wait and ask again. */
function refusal(answer: Refusal): ApiError {
  const message = `${answer.detail}; ${answer.hint}`;
  const retryAfterS = answer.retry_after ?? Number.POSITIVE_INFINITY;
  if (retryAfterS <= LONGEST_WAIT_S) {
    return { status: 429, type: 'rate_limit_error', message, shouldRetry: true, retryAfterS };
  }
  if (answer.code === 'over_cap' || answer.code === 'open_reservations') {
    return { status: 402, type: 'billing_error', message, shouldRetry: false };
  }
  return { status: 403, type: 'permission_error', message, shouldRetry: false };
}

function unreachable(why: string): ApiError {
  const message = `the governed-agents server can't be reached (${why}), and no call is made without a reservation; the operator starts it with \`governed-agents serve\``;
  return { status: 503, type: 'overloaded_error', message, shouldRetry: true };
}
