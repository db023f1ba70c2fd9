// Gets a reservation for a judged call before anything is sent, or says why there is none. A call that fails only because others are
// open waits for them, bounded; one of a paused run waits until the run goes on, also when it was this call that met the cap.
import { randomUUID } from 'node:crypto';
import type { WireReserve, WireReserved } from '../../../server/wire/run.ts';
import { backoff, wait } from '../../link/backoff.ts';
import type { RunLink } from '../../link/run-link.ts';
import type { PauseGate } from '../pause-gate.ts';
import type { Settlements } from '../settlements.ts';
import type { ApiError } from './api-error.ts';

/** The worst case of one call. */
export interface BoundedCall {
  readonly provider: string;
  readonly model: string;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** How long the cache writes that it may cause live; undefined: as dear as they can be. */
  readonly cacheLife?: '5m' | '1h';
  /** A lower bound of the input, where one can be had for free; null: it can't. */
  readonly count?: () => Promise<number | null>;
}

export interface ReserveContext {
  readonly link: Pick<RunLink, 'reserve'>;
  readonly gate: PauseGate;
  readonly settlements: Settlements;
  readonly waits?: ReserveWaits;
}

export interface ReserveWaits {
  readonly openReservationsMs: number;
  readonly unreachableMs: number;
}

export type CallReservation =
  | { readonly result: 'reserved'; readonly reservationId: string }
  | { readonly result: 'refused'; readonly error: ApiError }
  | { readonly result: 'gone' };

const DEFAULT_WAITS: ReserveWaits = { openReservationsMs: 30_000, unreachableMs: 2_000 };
const PAUSED_POLL_MS = 250;

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
  const tried = call.count === undefined ? null : await tryBound(context, bound, call.count, gone);
  if (tried?.result === 'reserved' || tried?.result === 'gone') return tried;
  const body = tried?.body ?? bound;
  const pace = backoff(25, 1_000);
  let openUntilMs: number | undefined;
  let metCap = false;
  for (;;) {
    const answer = await askPatiently(context, body, gone);
    if (answer.result === 'reserved') return { result: 'reserved', reservationId: answer.reservation_id };
    if (answer.result === 'gone' || gone.aborted) return { result: 'gone' };
    if (answer.result === 'unreachable') return { result: 'refused', error: unreachable(answer.why) };
    if (answer.code === 'paused') {
      metCap = false;
      await wait(PAUSED_POLL_MS, gone);
      continue;
    }
    if (answer.code === 'over_cap' && !metCap) {
      // Where a cap pauses the run, asking once more says so: then the call waits, and goes out when the cap was raised.
      metCap = true;
      continue;
    }
    openUntilMs ??= performance.now() + (context.waits ?? DEFAULT_WAITS).openReservationsMs;
    if (answer.code !== 'open_reservations' || performance.now() >= openUntilMs) {
      return { result: 'refused', error: refusal(answer) };
    }
    await wait(pace.nextMs(), gone);
  }
}

/** The bound by bytes where it fits, without consequences where it does not: then the provider's own count, when it is lower. */
async function tryBound(
  context: ReserveContext,
  bound: WireReserve,
  count: () => Promise<number | null>,
  gone: AbortSignal,
): Promise<
  | Extract<CallReservation, { result: 'reserved' | 'gone' }>
  | { readonly result: 'refused'; readonly body: WireReserve }
> {
  const answer = await askPatiently(context, { ...bound, tentative: true }, gone);
  if (answer.result === 'reserved') return { result: 'reserved', reservationId: answer.reservation_id };
  if (answer.result === 'gone' || gone.aborted) return { result: 'gone' };
  const isTooMuch =
    answer.result === 'refused' && (answer.code === 'over_cap' || answer.code === 'open_reservations');
  const counted = isTooMuch ? await count() : null;
  const input_tokens = Math.min(bound.input_tokens, counted ?? bound.input_tokens);
  return { result: 'refused', body: { ...bound, input_tokens, idempotency_key: randomUUID() } };
}

/** Not while the run is paused; again for a moment when the server can't be reached. What may stand unheard of is voided. */
async function askPatiently(
  { link, gate, settlements, waits = DEFAULT_WAITS }: ReserveContext,
  body: WireReserve,
  gone: AbortSignal,
): Promise<
  WireReserved | { readonly result: 'gone' } | { readonly result: 'unreachable'; readonly why: string }
> {
  const pace = backoff(25, 1_000);
  const untilMs = performance.now() + waits.unreachableMs;
  let mayBeBooked = false;
  for (;;) {
    const passed = await gate.pass(gone);
    const answer = passed === 'open' ? await link.reserve(body) : null;
    if (answer !== null && answer.result !== 'unreachable') return answer;
    mayBeBooked ||= answer?.mayHaveArrived === true;
    if (answer !== null && !gone.aborted && performance.now() < untilMs) {
      await wait(pace.nextMs(), gone);
      continue;
    }
    if (mayBeBooked) settlements.abandon(body);
    if (gone.aborted) return { result: 'gone' };
    return { result: 'unreachable', why: answer?.why ?? 'too many calls wait for the paused run' };
  }
}

/** 402 and 403 make a model client stop at once and show the text. */
function refusal(answer: WireReserved & { result: 'refused' }): ApiError {
  const message = `${answer.detail}; ${answer.hint}`;
  if (answer.code === 'over_cap' || answer.code === 'open_reservations') {
    return { status: 402, type: 'billing_error', message, shouldRetry: false };
  }
  return { status: 403, type: 'permission_error', message, shouldRetry: false };
}

function unreachable(why: string): ApiError {
  const message = `the governed-agents server can't be reached (${why}), and no call is made without a reservation; the operator starts it with \`governed-agents serve\``;
  return { status: 503, type: 'overloaded_error', message, shouldRetry: true };
}
