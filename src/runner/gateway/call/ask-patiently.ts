// Asks the server for a reservation with patience: not while the run is paused, and again for a moment when the server can't be reached. What
// may stand there unheard of is voided.
import type { WireReserve, WireReserved } from '../../../server/wire/run.ts';
import { backoff, wait } from '../../link/backoff.ts';
import type { RunLink } from '../../link/run-link.ts';
import type { PauseGate } from '../pause-gate.ts';
import type { Settlements } from '../settlements.ts';
import { type BlockedCall, blockedByRules } from './blocked-call.ts';
import type { HoldTimes } from './held-answer.ts';

export interface ReserveContext {
  readonly link: Pick<RunLink, 'reserve'>;
  readonly gate: PauseGate;
  readonly settlements: Settlements;
  readonly waits?: ReserveWaits;
  readonly holdTimes?: HoldTimes;
  /** Calls of this model are metered at the dearest price there is. */
  readonly onUnpriced: (model: string) => void;
  readonly onBlocked: (blocked: BlockedCall) => void;
}

export interface ReserveWaits {
  readonly openReservationsMs: number;
  readonly unreachableMs: number;
  /** A pause that a client may have counted as silence; after one it gets `afterPauseMs` to show that it has given up. */
  readonly longPauseMs: number;
  readonly afterPauseMs: number;
}

export const DEFAULT_WAITS: ReserveWaits = {
  openReservationsMs: 30_000,
  unreachableMs: 2_000,
  longPauseMs: 10_000,
  afterPauseMs: 500,
};

export async function askPatiently(
  { link, gate, settlements, onUnpriced, onBlocked, waits = DEFAULT_WAITS }: ReserveContext,
  body: WireReserve,
  gone: AbortSignal,
): Promise<
  WireReserved | { readonly result: 'gone' } | { readonly result: 'unreachable'; readonly why: string }
> {
  const pace = backoff(25, 1_000);
  const untilMs = performance.now() + waits.unreachableMs;
  let mayBeBooked = false;
  for (;;) {
    const passed = await passPatiently(gate, waits, gone);
    const answer = passed === 'open' ? await link.reserve(body) : null;
    if (answer !== null && answer.result !== 'unreachable') {
      if (answer.at_dearest_price === true) onUnpriced(body.model);
      const blocked = blockedByRules(body, answer);
      if (blocked !== null) onBlocked(blocked);
      return answer;
    }
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

/** A client that was frozen may leave the moment it goes on: nothing should be reserved and sent for it then. */
async function passPatiently(
  gate: PauseGate,
  waits: ReserveWaits,
  gone: AbortSignal,
): Promise<'open' | 'full' | 'gone'> {
  const since = performance.now();
  const passed = await gate.pass(gone);
  if (passed !== 'open' || performance.now() - since < waits.longPauseMs) return passed;
  await wait(waits.afterPauseMs, gone);
  return gate.pass(gone);
}
