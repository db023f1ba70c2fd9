// The kill switch: on, every live run ends and nothing new starts, until a person turns it off. It survives restarts.
import type { Actor } from '../../core/audit/event.ts';
import { readKillSwitch } from '../../store/read/meta.ts';
import { readLiveRuns } from '../../store/read/runs.ts';
import { writeMeta } from '../../store/write/meta.ts';
import type { Transaction } from '../transaction.ts';
import { killRun } from './kill-run.ts';

export interface KillSwitchInput {
  readonly on: boolean;
  readonly reason: string;
  readonly actor: Actor;
}

/** False when it stood so already. */
export function setKillSwitch(tx: Transaction, input: KillSwitchInput): boolean {
  if (readKillSwitch(tx.store).on === input.on) return false;
  const state = { on: input.on, reason: input.reason, sinceMs: tx.nowMs };
  writeMeta(tx.store, 'kill_switch', JSON.stringify(state));
  tx.emit({ eventType: 'kill_switch', actor: input.actor, payload: { on: input.on, reason: input.reason } });
  if (!input.on) return true;
  for (const run of readLiveRuns(tx.store)) {
    killRun(tx, { runId: run.id, reason: `kill switch: ${input.reason}`, actor: input.actor });
  }
  return true;
}
