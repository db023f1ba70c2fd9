// Reserves the worst case of a model call before it is sent. What is posted plus what is reserved never passes a cap: the check
// and the reservation are one transaction.

import { sha256Hex } from '../../core/canonical.ts';
import { type Amounts, checkCaps, hasBudget } from '../../core/ledger/caps.ts';
import { microUsd } from '../../core/ledger/money.ts';
import { type CacheWrites, isBounded, type Price, priceOf, worstCost } from '../../core/ledger/price.ts';
import { llmCallRequest } from '../../core/policy/action-request.ts';
import type { PolicyDecision } from '../../core/policy/decision.ts';
import { matchGlob } from '../../core/policy/glob.ts';
import { readReservationByKey } from '../../store/read/ledger.ts';
import { type RunRow, readRun } from '../../store/read/runs.ts';
import { addReserved, insertReservation } from '../../store/write/ledger.ts';
import { judgeAction } from '../policy/judge-action.ts';
import { refuseByRule } from '../policy/refuse-by-rule.ts';
import { countAction } from '../policy/window-use.ts';
import { type Refused, refused } from '../refusal.ts';
import { whyRunMayNotAct } from '../run/may-act.ts';
import type { Transaction } from '../transaction.ts';
import { describeCap, noBudget, noRules, refuseAtCap } from './at-cap.ts';
import { scopesOf } from './cap-states.ts';
import { statesOfRun } from './post.ts';

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
  | { readonly result: 'reserved'; readonly reservationId: string; readonly usd: number }
  | (Refused & { readonly leftMicroUsd: number | null });

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
  if (before !== null) return { result: 'reserved', reservationId: before.id, usd: before.usd };
  const agent = tx.rules.agents.get(run.agent_id);
  if (agent === undefined) return { ...noRules(run.agent_id), leftMicroUsd: null };
  if (agent.models.length > 0 && !agent.models.some((m) => matchGlob(m, input.model))) {
    return no(
      'model_not_allowed',
      `${run.agent_id} may not ask for the model ${input.model}`,
      `add it to models in agents/${run.agent_id}/agent.toml`,
    );
  }
  const price = priceOf(tx.rules.prices, input.model);
  if (price === null) {
    return no(
      'unpriced',
      `the model ${input.model} has no price`,
      `add [prices."${input.model}"] to governed.toml, or set prices.unknown_model = "worst"`,
    );
  }
  if (!isBounded(price, input.inputTokens, input.outputTokens)) {
    return no(
      'unbounded',
      'what this call may cost at most is too much to count',
      'limit the input and output tokens of the call',
    );
  }
  const states = statesOfRun(tx, run);
  if (!hasBudget(states)) return { ...noBudget(run.agent_id), leftMicroUsd: null };
  const asked = askedFor(price, input);
  const decision = judgeAction(tx, run, llmCallRequest(input.model, microUsd(asked.usd)));
  if (decision.effect !== 'allow') return { ...refuseCall(tx, run, input, decision), leftMicroUsd: null };
  const check = checkCaps(states, asked);
  if (check.result === 'fits') return book(tx, run, input, requestHash, price, asked);
  const left = check.state.cap.unit === 'usd' ? check.left : null;
  if (input.tentative === true) {
    const code = check.result === 'over' ? 'over_cap' : check.result;
    return { ...refused(code, describeCap(check), 'ask for less'), leftMicroUsd: left };
  }
  return { ...refuseAtCap(tx, run, check), leftMicroUsd: left };
}

function refuseCall(tx: Transaction, run: RunRow, input: ReserveInput, decision: PolicyDecision): Refused {
  return refuseByRule(tx, decision, {
    eventType: 'llm_call_denied',
    actor: { kind: 'runner', id: run.id },
    agentId: run.agent_id,
    runId: run.id,
    tier: run.tier,
    facts: { provider: input.provider, model: input.model },
  });
}

function askedFor(price: Price, input: ReserveInput): Amounts {
  return {
    usd: worstCost(price, input.inputTokens, input.outputTokens, input.cacheWrites),
    tokens: input.inputTokens + input.outputTokens,
    llm_calls: 1,
    tool_calls: 0,
  };
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
  for (const scope of scopesOf({ agentId: run.agent_id, runId: run.id }))
    addReserved(tx.store, scope, asked, 1);
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
    },
  });
  return { result: 'reserved', reservationId: id, usd: asked.usd };
}

function no(code: string, detail: string, hint: string): ReserveResult {
  return { ...refused(code, detail, hint), leftMicroUsd: null };
}

function unknownRun(): Refused {
  return refused('unknown_run', 'this run is not known', 'start one with `governed-agents run`');
}
