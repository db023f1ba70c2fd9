// Records that a run is killed (or ended for its budget). What it had reserved is booked whole; what it had waiting is cancelled.
import type { Actor } from '../../core/audit/event.ts';
import { readRun } from '../../store/read/runs.ts';
import { endRun } from '../run/end-run.ts';
import type { Transaction } from '../transaction.ts';

export interface KillRunInput {
  readonly runId: string;
  readonly reason: string;
  readonly actor: Actor;
  readonly status?: 'killed' | 'over_budget';
}

/** False when the run is unknown or has ended already. */
export function killRun(tx: Transaction, input: KillRunInput): boolean {
  const run = readRun(tx.store, input.runId);
  if (run === null || run.ended_at_ms !== null) return false;
  const status = input.status ?? 'killed';
  return endRun(tx, { runId: run.id, status, reason: input.reason, exitCode: null, actor: input.actor });
}
