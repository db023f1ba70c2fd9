// Records that an agent is killed: its live runs end, and no new one starts until it is resumed.
import type { Actor } from '../../core/audit/event.ts';
import { readLiveRunsOfAgent } from '../../store/read/runs.ts';
import { ensureAgent, setAgentStatus } from '../../store/write/agents.ts';
import type { Transaction } from '../transaction.ts';
import { killRun } from './kill-run.ts';

/** Answers how many live runs ended with it. */
export function killAgent(
  tx: Transaction,
  input: { readonly agentId: string; readonly reason: string; readonly actor: Actor },
): number {
  ensureAgent(tx.store, input.agentId, tx.nowMs);
  setAgentStatus(tx.store, input.agentId, 'killed', { reason: input.reason, source: 'operator' }, tx.nowMs);
  tx.emit({
    eventType: 'agent_killed',
    actor: input.actor,
    agentId: input.agentId,
    payload: { reason: input.reason },
  });
  const live = readLiveRunsOfAgent(tx.store, input.agentId);
  for (const run of live) killRun(tx, { runId: run.id, reason: input.reason, actor: input.actor });
  return live.length;
}
