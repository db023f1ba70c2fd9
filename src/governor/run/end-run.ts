// Ends a run, once: books what it left reserved, cancels what it left waiting (an action that an executor carries out outlives
// its run), and records how it ended.
import type { Actor } from '../../core/audit/event.ts';
import { type RunStatus, readRun } from '../../store/read/runs.ts';
import { countForAgent } from '../../store/write/agents.ts';
import { endRunRow } from '../../store/write/runs.ts';
import { settleActionsOfRun } from '../ledger/action-cost.ts';
import { settleAllOpen } from '../ledger/settle.ts';
import { cancelProposalsOfRun } from '../proposal/cancel.ts';
import type { Transaction } from '../transaction.ts';

export interface EndRunInput {
  readonly runId: string;
  readonly status: Exclude<RunStatus, 'starting' | 'running' | 'paused'>;
  readonly reason: string;
  readonly exitCode: number | null;
  readonly actor: Actor;
  readonly detail?: Readonly<Record<string, unknown>>;
}

/** False when the run is unknown or somebody else ended it first. */
export function endRun(tx: Transaction, input: EndRunInput): boolean {
  const run = readRun(tx.store, input.runId);
  if (run === null || run.ended_at_ms !== null) return false;
  settleAllOpen(tx, run.id, 'run_ended');
  settleActionsOfRun(tx, run.id);
  cancelProposalsOfRun(tx, run, `the run ended: ${input.reason}`);
  if (!endRunRow(tx.store, run.id, { ...input, endedAtMs: tx.nowMs })) return false;
  countForAgent(tx.store, run.agent_id, 'runs_live', -1);
  tx.emit({
    eventType: 'run_ended',
    actor: input.actor,
    agentId: run.agent_id,
    runId: run.id,
    tier: run.tier,
    payload: {
      status: input.status,
      reason: input.reason,
      exit_code: input.exitCode,
      note: run.end_note,
      duration_ms: tx.nowMs - run.started_at_ms,
      ...input.detail,
    },
  });
  return true;
}
