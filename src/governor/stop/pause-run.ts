// Records that one run is paused. Whoever asks has frozen its tree already, or the watchdog and the runner do when they see this.
import type { Actor } from '../../core/audit/event.ts';
import type { PauseSource } from '../../store/read/agents.ts';
import { readRun } from '../../store/read/runs.ts';
import { countForAgent } from '../../store/write/agents.ts';
import { pauseRunRow } from '../../store/write/runs.ts';
import type { Transaction } from '../transaction.ts';

export interface PauseRunInput {
  readonly runId: string;
  readonly reason: string;
  readonly source: PauseSource;
  readonly actor: Actor;
  /** What the watchdog found, kept with the event. */
  readonly evidence?: Readonly<Record<string, unknown>>;
}

/** False when there was nothing to pause: unknown, ended or paused already. */
export function pauseRun(tx: Transaction, input: PauseRunInput): boolean {
  const run = readRun(tx.store, input.runId);
  if (run === null || !pauseRunRow(tx.store, run.id, input)) return false;
  if (input.source === 'operator' || input.source === 'cap' || input.source === 'overspend')
    countForAgent(tx.store, run.agent_id, 'pauses', 1);
  tx.emit({
    eventType: input.source === 'watchdog' ? 'watchdog_pause' : 'run_paused',
    actor: input.actor,
    agentId: run.agent_id,
    runId: run.id,
    tier: run.tier,
    payload: { reason: input.reason, source: input.source, ...input.evidence },
  });
  return true;
}
