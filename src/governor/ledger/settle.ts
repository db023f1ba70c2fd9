// Closes a reservation: settled at the provider's own usage, settled whole when no usage was seen, or void when the call never left.
// Closing again is answered with what stands. Should a call have cost more than was reserved, what it cost is booked and the run paused.

import { NOTHING } from '../../core/ledger/caps.ts';
import { formatUsdApart } from '../../core/ledger/money.ts';
import { isCountable, type Price, totalTokens, type Usage } from '../../core/ledger/price.ts';
import { visibleLine } from '../../core/visible-text.ts';
import { type ReservationRow, readOpenReservations, readReservation } from '../../store/read/ledger.ts';
import { type RunRow, readRun } from '../../store/read/runs.ts';
import { addReserved, closeReservation } from '../../store/write/ledger.ts';
import { type Refused, refused } from '../refusal.ts';
import { pauseRun } from '../stop/pause-run.ts';
import type { Transaction } from '../transaction.ts';
import { bookAnswer, type StandIn } from './book-answer.ts';
import { notional } from './notional.ts';
import { post } from './post.ts';
import { scopesOf } from './spend-scope.ts';

export interface SettleInput {
  readonly runId: string;
  readonly reservationId: string;
  readonly usage: Usage | null;
  /** The model that answered, where it is not the one that was asked for. */
  readonly answeredBy?: string | undefined;
  readonly outcome: string;
}

export interface Closed {
  readonly result: 'closed';
  readonly reservationId: string;
  readonly status: 'settled' | 'void';
  readonly postedUsd: number;
  readonly postedTokens: number;
  /** Said once, when it is booked. */
  readonly standIn?: StandIn;
}

export function settle(tx: Transaction, input: SettleInput): Closed | Refused {
  const found = ownReservation(tx, input.runId, input.reservationId);
  if ('result' in found) return found;
  const { run, reservation } = found;
  if (reservation.status !== 'open') return asClosed(reservation);
  const price = JSON.parse(reservation.price) as Price;
  const usage = input.usage !== null && isCountable(price, input.usage) ? input.usage : null;
  const { model } = reservation;
  const { usd, standIn } =
    usage === null
      ? { usd: reservation.usd, standIn: null }
      : bookAnswer(tx.rules.prices, { model, price }, usage, input.answeredBy);
  const tokens = usage === null ? reservation.tokens : totalTokens(usage);
  closeReservation(tx.store, reservation.id, {
    status: 'settled',
    postedUsd: usd,
    postedTokens: tokens,
    usage: usage === null ? null : JSON.stringify(usage),
    outcome: input.outcome,
    nowMs: tx.nowMs,
  });
  release(tx, run, reservation);
  const over = usd > reservation.usd;
  tx.emit({
    eventType: 'llm_call_settled',
    actor: { kind: 'runner', id: run.id },
    agentId: run.agent_id,
    runId: run.id,
    tier: run.tier,
    payload: {
      reservation_id: reservation.id,
      provider: reservation.provider,
      model,
      reserved_micro_usd: reservation.usd,
      posted_micro_usd: usd,
      posted_tokens: tokens,
      usage: input.usage,
      ...(input.answeredBy === undefined ? {} : { answered_by: input.answeredBy }),
      ...(standIn === null ? {} : { answered_by_unpriced: true }),
      outcome: input.outcome,
      usage_seen: usage !== null,
      over_reservation: over,
      ...notional(run),
    },
  });
  post(tx, run, { usd, tokens, llm_calls: 1, tool_calls: 0 });
  if (over) {
    const [cost, reserved] = formatUsdApart(usd, reservation.usd);
    const reason = `a call cost ${cost}, more than the ${reserved} reserved for it${whyDearer(standIn)}`;
    pauseRun(tx, { runId: run.id, reason, source: 'overspend', actor: { kind: 'server', id: null } });
  }
  return {
    result: 'closed',
    reservationId: reservation.id,
    status: 'settled',
    postedUsd: usd,
    postedTokens: tokens,
    ...(standIn === null ? {} : { standIn }),
  };
}

function whyDearer(standIn: StandIn | null): string {
  if (standIn === null || !standIn.isAtDearest) return '';
  const name = visibleLine(standIn.answeredBy);
  return `: ${name} answered where ${standIn.asked} was asked for, and has no price, so it is booked at the dearest; give it its own with [prices.${JSON.stringify(name)}] in governed.toml, then \`governed-agents accept\``;
}

/** For a call that was never sent: nothing is booked. */
export function voidReservation(
  tx: Transaction,
  input: { readonly runId: string; readonly reservationId: string; readonly reason: string },
): Closed | Refused {
  const found = ownReservation(tx, input.runId, input.reservationId);
  if ('result' in found) return found;
  const { run, reservation } = found;
  if (reservation.status !== 'open') return asClosed(reservation);
  const close = {
    status: 'void',
    postedUsd: 0,
    postedTokens: 0,
    usage: null,
    outcome: input.reason,
  } as const;
  closeReservation(tx.store, reservation.id, { ...close, nowMs: tx.nowMs });
  release(tx, run, reservation);
  tx.emit({
    eventType: 'llm_call_voided',
    actor: { kind: 'runner', id: run.id },
    agentId: run.agent_id,
    runId: run.id,
    tier: run.tier,
    payload: { reservation_id: reservation.id, reserved_micro_usd: reservation.usd, reason: input.reason },
  });
  return { result: 'closed', reservationId: reservation.id, status: 'void', postedUsd: 0, postedTokens: 0 };
}

/** A run that ends leaves nothing open: whatever it had reserved is booked whole. */
export function settleAllOpen(tx: Transaction, runId: string, outcome: string): void {
  for (const reservation of readOpenReservations(tx.store, runId)) {
    settle(tx, { runId, reservationId: reservation.id, usage: null, outcome });
  }
}

function release(tx: Transaction, run: RunRow, reservation: ReservationRow): void {
  const amounts = { ...NOTHING, usd: reservation.usd, tokens: reservation.tokens, llm_calls: 1 };
  for (const scope of scopesOf(run)) addReserved(tx.store, scope, amounts, -1);
}

function ownReservation(
  tx: Transaction,
  runId: string,
  reservationId: string,
): { readonly run: RunRow; readonly reservation: ReservationRow } | Refused {
  const reservation = readReservation(tx.store, reservationId);
  const run = readRun(tx.store, runId);
  if (reservation === null || run === null || reservation.run_id !== runId) {
    return refused(
      'not_found',
      'this run has no such reservation',
      'use the id that the reservation was answered with',
    );
  }
  return { run, reservation };
}

function asClosed(row: ReservationRow): Closed {
  return {
    result: 'closed',
    reservationId: row.id,
    status: row.status === 'void' ? 'void' : 'settled',
    postedUsd: row.posted_usd ?? 0,
    postedTokens: row.posted_tokens ?? 0,
  };
}
