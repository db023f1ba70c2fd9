// Reserves the worst case of a model call before it is sent. What is posted plus what is reserved never passes a cap: the check
// and the reservation are one transaction.

import { sha256Hex } from '../../core/canonical.ts';
import type { Amounts } from '../../core/ledger/caps.ts';
import { microUsd } from '../../core/ledger/money.ts';
import { type CacheWrites, isBounded, knownPriceOf, type Price, worstCost } from '../../core/ledger/price.ts';
import { readReservationByKey } from '../../store/read/ledger.ts';
import { type RunRow, readRun } from '../../store/read/runs.ts';
import { addReserved, insertReservation } from '../../store/write/ledger.ts';
import { countAction } from '../policy/window-use.ts';
import { type Refused, refused } from '../refusal.ts';
import { whyRunMayNotAct } from '../run/may-act.ts';
import type { Transaction } from '../transaction.ts';
import { refuseAtCap } from './at-cap.ts';
import { describeCap } from './how-to-raise.ts';
import { judgeModelCall, type ModelCallAmounts } from './judge-model-call.ts';
import { notional } from './notional.ts';
import { refuseCall } from './refuse-call.ts';
import { scopesOf } from './spend-scope.ts';

export interface ReserveInput {
  readonly runId: string;
  readonly idempotencyKey: string;
  readonly provider: string;
  readonly model: string;
  /** Upper bounds of one call, in tokens. */
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Undefined: as dear as they can be. */
  readonly cacheWrites?: CacheWrites | undefined;
  /** What does not fit is refused and nothing else: whoever asks has a lower bound to try. */
  readonly tentative?: boolean | undefined;
}

export type ReserveResult =
  | {
      readonly result: 'reserved';
      readonly reservationId: string;
      readonly usd: number;
      /** False: at the dearest rates that the prices know. */
      readonly isPriced: boolean;
    }
  | (Refused & {
      readonly leftMicroUsd: number | null;
      /** As above; of a call that did not fit under a cap. */
      readonly isPriced?: boolean;
    });

export function reserve(tx: Transaction, input: ReserveInput): ReserveResult {
  const requestHash = sha256Hex(
    JSON.stringify([
      input.provider,
      input.model,
      input.inputTokens,
      input.outputTokens,
      ...(input.cacheWrites === undefined ? [] : [input.cacheWrites]),
    ]),
  );
  const before = readReservationByKey(tx.store, input.runId, input.idempotencyKey);
  if (before !== null) {
    if (before.request_hash !== requestHash) {
      return no('idempotency_conflict', 'this idempotency key was used for another call', 'use a new key');
    }
    if (before.status !== 'open') {
      return no(
        'already_closed',
        `the reservation of this key is ${before.status}`,
        'use a new key for a new call',
      );
    }
  }
  const run = readRun(tx.store, input.runId);
  const stopped = whyRunMayNotAct(tx.store, run);
  if (run === null || stopped !== null) return { ...(stopped ?? unknownRun()), leftMicroUsd: null };
  if (before !== null) return reservedAs(tx, input.model, before.id, before.usd);
  const judged = judgeModelCall(tx, run, input.model, (price) => amountsOf(price, input));
  if (judged.result !== 'judged') return { ...refuseCall(tx, run, input, judged), leftMicroUsd: null };
  const { check } = judged;
  if (check.result === 'fits') return book(tx, run, input, requestHash, judged.price, judged.amounts);
  const leftMicroUsd = check.state.cap.unit === 'usd' ? check.left : null;
  const isPriced = hasPrice(tx, input.model);
  if (input.tentative === true) {
    const code = check.result === 'over' ? 'over_cap' : check.result;
    return { ...refused(code, describeCap(run, check), 'ask for less'), leftMicroUsd, isPriced };
  }
  return { ...refuseAtCap(tx, run, check), leftMicroUsd, isPriced };
}

function amountsOf(price: Price, input: ReserveInput): ModelCallAmounts | null {
  if (!isBounded(price, input.inputTokens, input.outputTokens)) return null;
  const usd = worstCost(price, input.inputTokens, input.outputTokens, input.cacheWrites);
  const tokens = input.inputTokens + input.outputTokens;
  return { amounts: { usd, tokens, llm_calls: 1, tool_calls: 0 }, costUsd: microUsd(usd) };
}

function book(
  tx: Transaction,
  run: RunRow,
  input: ReserveInput,
  requestHash: string,
  price: Price,
  asked: Amounts,
): ReserveResult {
  const id = tx.newId('rsv');
  countAction(tx, run.agent_id, 'llm_call');
  for (const scope of scopesOf(run)) addReserved(tx.store, scope, asked, 1);
  insertReservation(tx.store, {
    id,
    run_id: run.id,
    agent_id: run.agent_id,
    idempotency_key: input.idempotencyKey,
    request_hash: requestHash,
    provider: input.provider,
    model: input.model,
    usd: asked.usd,
    tokens: asked.tokens,
    price: JSON.stringify(price),
    created_at_ms: tx.nowMs,
  });
  tx.emit({
    eventType: 'llm_call_reserved',
    actor: { kind: 'runner', id: run.id },
    agentId: run.agent_id,
    runId: run.id,
    tier: run.tier,
    payload: {
      reservation_id: id,
      provider: input.provider,
      model: input.model,
      reserved_micro_usd: asked.usd,
      input_tokens_bound: input.inputTokens,
      output_tokens_bound: input.outputTokens,
      ...notional(run),
    },
  });
  return reservedAs(tx, input.model, id, asked.usd);
}

function reservedAs(tx: Transaction, model: string, reservationId: string, usd: number): ReserveResult {
  return { result: 'reserved', reservationId, usd, isPriced: hasPrice(tx, model) };
}

function hasPrice(tx: Transaction, model: string): boolean {
  return knownPriceOf(tx.rules.prices, model) !== null;
}

function no(code: string, detail: string, hint: string): ReserveResult {
  return { ...refused(code, detail, hint), leftMicroUsd: null };
}

function unknownRun(): Refused {
  return refused('unknown_run', 'this run is not known', 'start one with `governed-agents run`');
}
