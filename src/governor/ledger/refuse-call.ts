// The refusal of a model call that is not for want of room under a cap: what the agent may not ask for, what has no price, what a rule
// denies. The record says what was asked for and why it was not made.
import type { Amounts } from '../../core/ledger/caps.ts';
import type { RunRow } from '../../store/read/runs.ts';
import { refuseByRule } from '../policy/refuse-by-rule.ts';
import type { Refused } from '../refusal.ts';
import type { Transaction } from '../transaction.ts';
import type { JudgedModelCall } from './judge-model-call.ts';
import type { ReserveInput } from './reserve.ts';

/** What is known of a call that no rule of the policy judged, and a person would want to know of. */
const RECORDED = new Set(['unpriced', 'model_not_allowed']);

export function refuseCall(
  tx: Transaction,
  run: RunRow,
  input: ReserveInput,
  judged: Exclude<JudgedModelCall, { readonly result: 'judged' }>,
): Refused {
  const denied = {
    eventType: 'llm_call_denied',
    actor: { kind: 'runner', id: run.id },
    agentId: run.agent_id,
    runId: run.id,
    tier: run.tier,
  } as const;
  if (judged.result === 'denied') {
    return refuseByRule(tx, judged.decision, { ...denied, facts: factsOf(input, judged.amounts) });
  }
  const { code, detail } = judged;
  if (RECORDED.has(code)) {
    tx.emit({
      ...denied,
      payload: { code, ...factsOf(input, null), effect: 'deny', reasons: [detail] },
    });
  }
  return judged;
}

/** `amounts`: null where there is no price to count with. */
function factsOf(input: ReserveInput, amounts: Amounts | null): Readonly<Record<string, unknown>> {
  return {
    provider: input.provider,
    model: input.model,
    asked_micro_usd: amounts?.usd ?? null,
    input_tokens_bound: input.inputTokens,
    output_tokens_bound: input.outputTokens,
  };
}
