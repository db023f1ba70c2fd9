// Flags what should never happen: an agent that tries to decide for itself, an executor that fails its host, a result that a rule is
// against. A flag is an event and a count; it changes nothing else.
import type { Actor } from '../core/audit/event.ts';
import type { ProposalRow } from '../store/read/proposals.ts';
import type { RunRow } from '../store/read/runs.ts';
import { countForAgent } from '../store/write/agents.ts';
import type { Transaction } from './transaction.ts';

export type Flag =
  | 'audit_flag_self_approve_attempt'
  | 'audit_flag_forged_decision'
  | 'audit_flag_executor_error'
  | 'audit_flag_tool_result';

export function raiseFlag(
  tx: Transaction,
  input: {
    readonly flag: Flag;
    readonly actor: Actor;
    readonly run: RunRow | null;
    readonly proposal?: Pick<ProposalRow, 'id' | 'agent_id' | 'run_id' | 'tier'> | null;
    readonly payload: Readonly<Record<string, unknown>>;
  },
): void {
  const agentId = input.run?.agent_id ?? input.proposal?.agent_id ?? null;
  if (agentId !== null) countForAgent(tx.store, agentId, 'flags', 1);
  tx.emit({
    eventType: input.flag,
    actor: input.actor,
    agentId,
    runId: input.run?.id ?? input.proposal?.run_id ?? null,
    proposalId: input.proposal?.id ?? null,
    tier: input.run?.tier ?? input.proposal?.tier ?? null,
    payload: input.payload,
  });
}
