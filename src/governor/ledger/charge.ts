// Books a cost that the runner reports beside model calls (a paid tool, say), checked against the caps and booked in one step; the
// same idempotency key is booked once, and refused when it comes with other content.

import { sha256Hex } from '../../core/canonical.ts';
import { checkCaps, hasBudget } from '../../core/ledger/caps.ts';
import type { MicroUsd } from '../../core/ledger/money.ts';
import { readChargeByKey } from '../../store/read/ledger.ts';
import { readRun } from '../../store/read/runs.ts';
import { insertCharge } from '../../store/write/ledger.ts';
import { type Refused, refused } from '../refusal.ts';
import { whyRunMayNotAct } from '../run/may-act.ts';
import type { Transaction } from '../transaction.ts';
import { noBudget, refuseAtCap, whyNoRules } from './at-cap.ts';
import { post, statesOfRun } from './post.ts';

export interface ChargeInput {
  readonly runId: string;
  readonly agentId: string;
  readonly usd: MicroUsd;
  readonly tokens: number;
  readonly tool: string;
  readonly idempotencyKey: string;
}

export interface Charged {
  readonly result: 'charged';
  readonly chargeId: string;
  readonly replayed: boolean;
}

export function charge(tx: Transaction, input: ChargeInput): Charged | Refused {
  const requestHash = sha256Hex(JSON.stringify([input.agentId, input.usd, input.tokens, input.tool]));
  const before = readChargeByKey(tx.store, input.runId, input.idempotencyKey);
  if (before !== null) {
    if (before.request_hash === requestHash)
      return { result: 'charged', chargeId: before.id, replayed: true };
    const detail = 'this idempotency key was used for another charge';
    return refused('idempotency_conflict', detail, 'use a new key for a new charge');
  }
  const run = readRun(tx.store, input.runId);
  const stopped = whyRunMayNotAct(tx.store, run);
  if (run === null || stopped !== null) {
    return stopped ?? refused('unknown_run', 'this run is not known', 'start one with `governed-agents run`');
  }
  if (run.agent_id !== input.agentId) {
    return refused('not_yours', `this run belongs to ${run.agent_id}`, 'charge the agent of the run');
  }
  const amounts = { usd: input.usd, tokens: input.tokens, llm_calls: 0, tool_calls: 1 };
  const lacking = whyNoRules(tx.rules, run);
  if (lacking !== null) return lacking;
  const states = statesOfRun(tx, run);
  if (!hasBudget(states)) return noBudget(run.agent_id);
  const check = checkCaps(states, amounts);
  if (check.result !== 'fits') return refuseAtCap(tx, run, check);
  const id = tx.newId('chg');
  insertCharge(tx.store, { ...input, id, requestHash, nowMs: tx.nowMs });
  tx.emit({
    eventType: 'budget_charge',
    actor: { kind: 'runner', id: run.id },
    agentId: run.agent_id,
    runId: run.id,
    tier: run.tier,
    payload: { charge_id: id, tool: input.tool, posted_micro_usd: input.usd, posted_tokens: input.tokens },
  });
  post(tx, run, amounts);
  return { result: 'charged', chargeId: id, replayed: false };
}
