// Records that an agent is paused: all its live runs with it, and no new one starts.
import type { Actor } from '../../core/audit/event.ts';
import { type PauseSource, readAgent } from '../../store/read/agents.ts';
import { readLiveRunsOfAgent } from '../../store/read/runs.ts';
import { countForAgent, ensureAgent, setAgentStatus } from '../../store/write/agents.ts';
import type { Transaction } from '../transaction.ts';
import { pauseRun } from './pause-run.ts';

export interface PauseAgentInput {
  readonly agentId: string;
  readonly reason: string;
  readonly source: PauseSource;
  readonly actor: Actor;
}

/** False when the agent was paused or killed already. A cap's pause ends with the cap: others take its place. */
export function pauseAgent(tx: Transaction, input: PauseAgentInput): boolean {
  ensureAgent(tx.store, input.agentId, tx.nowMs);
  const before = readAgent(tx.store, input.agentId);
  const isOverCap = before?.pause_source === 'cap' && input.source !== 'cap';
  if (before?.status === 'killed' || (before?.status === 'paused' && !isOverCap)) return false;
  setAgentStatus(tx.store, input.agentId, 'paused', input, tx.nowMs);
  countForAgent(tx.store, input.agentId, 'pauses', 1);
  tx.emit({
    eventType: 'agent_paused',
    actor: input.actor,
    agentId: input.agentId,
    payload: { reason: input.reason, source: input.source },
  });
  for (const run of readLiveRunsOfAgent(tx.store, input.agentId)) {
    pauseRun(tx, { runId: run.id, reason: input.reason, source: 'agent', actor: input.actor });
  }
  return true;
}
