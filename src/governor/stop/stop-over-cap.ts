// Records that the watchdog found a run at or over a cap and stopped it, as on_cap says: the run for a cap of the run or of its group,
// else its agent. The pause is one of the cap, so that raising the cap lifts it.
import { type CapState, capName } from '../../core/ledger/caps.ts';
import { readRun } from '../../store/read/runs.ts';
import { howToRaise } from '../ledger/how-to-raise.ts';
import type { Transaction } from '../transaction.ts';
import { killRun } from './kill-run.ts';
import { pauseAgent } from './pause-agent.ts';
import { pauseRun } from './pause-run.ts';
import { WATCHDOG } from './watchdog-actor.ts';

export interface OverCapInput {
  readonly runId: string;
  readonly state: CapState;
  readonly onCap: 'pause' | 'end';
  readonly reason: string;
  readonly evidence: Readonly<Record<string, unknown>>;
}

/** False when it changed nothing: the run had ended, or was paused already together with its agent. */
export function stopOverCap(tx: Transaction, input: OverCapInput): boolean {
  const run = readRun(tx.store, input.runId);
  if (run === null || run.ended_at_ms !== null) return false;
  const { reason } = input;
  const waits = `${reason}; ${howToRaise(run, { state: input.state, asked: 0 })}`;
  const stopped =
    input.onCap === 'end'
      ? killRun(tx, { runId: run.id, reason, actor: WATCHDOG, status: 'over_budget' })
      : input.state.scope === 'run' || input.state.scope === 'group'
        ? pauseRun(tx, { runId: run.id, reason: waits, source: 'cap', actor: WATCHDOG })
        : pauseAgent(tx, { agentId: run.agent_id, reason: waits, source: 'cap', actor: WATCHDOG });
  if (!stopped) return false;
  const { cap, scope, owner, posted, reserved } = input.state;
  tx.emit({
    eventType: 'budget_paused',
    actor: WATCHDOG,
    agentId: run.agent_id,
    runId: run.id,
    tier: run.tier,
    payload: {
      rule: 'over_budget',
      scope,
      owner,
      ...(owner === 'group' ? { group: run.group_name } : {}),
      on_cap: input.onCap,
      cap: capName(cap),
      limit: cap.limit,
      posted,
      reserved,
      ...input.evidence,
    },
  });
  return true;
}
