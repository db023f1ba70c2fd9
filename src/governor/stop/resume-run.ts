// Records that a paused run goes on. A run whose agent is stopped, or any run under the kill switch, stays paused.
import type { Actor } from '../../core/audit/event.ts';
import { readRun } from '../../store/read/runs.ts';
import { resumeRunRow } from '../../store/write/runs.ts';
import { type Refused, refused } from '../refusal.ts';
import { whyAgentMayNotRun } from '../run/may-act.ts';
import type { Transaction } from '../transaction.ts';

export interface Resumed {
  readonly result: 'resumed';
  /** Why it was stopped, when that was at a cap: the next call asks again, and stops there again. */
  readonly atCap: string | null;
}

export function resumeRun(
  tx: Transaction,
  input: { readonly runId: string; readonly actor: Actor },
): Resumed | Refused {
  const run = readRun(tx.store, input.runId);
  if (run === null) return refused('not_found', 'there is no such run', 'see `governed-agents runs`');
  const stopped = whyAgentMayNotRun(tx.store, run.agent_id);
  if (stopped !== null) return stopped;
  if (!resumeRunRow(tx.store, run.id)) {
    return refused('not_paused', `the run is ${run.status}, not paused`, 'see `governed-agents runs`');
  }
  tx.emit({
    eventType: 'run_resumed',
    actor: input.actor,
    agentId: run.agent_id,
    runId: run.id,
    tier: run.tier,
    payload: { was: run.pause_reason },
  });
  return { result: 'resumed', atCap: run.pause_source === 'cap' ? run.pause_reason : null };
}
