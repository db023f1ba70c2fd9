// Records that every agent with a live run is paused.
import type { Actor } from '../../core/audit/event.ts';
import { readLiveRuns } from '../../store/read/runs.ts';
import type { Transaction } from '../transaction.ts';
import { pauseAgent } from './pause-agent.ts';

/** Answers the agents that were paused by it. */
export function pauseAll(
  tx: Transaction,
  input: { readonly reason: string; readonly actor: Actor },
): string[] {
  const agents = new Set(readLiveRuns(tx.store).map((run) => run.agent_id));
  return [...agents].filter((agentId) => pauseAgent(tx, { ...input, agentId, source: 'operator' }));
}
