// Records which process tree belongs to a run, so that the watchdog and every stop command can reach it.
import { readRun } from '../../store/read/runs.ts';
import { attachTree as attachTreeRow } from '../../store/write/runs.ts';
import { type Refused, refused } from '../refusal.ts';
import type { Transaction } from '../transaction.ts';

export interface Attached {
  readonly result: 'attached';
}

/** `tree` is the JSON of the tree's handle. */
export function attachTree(
  tx: Transaction,
  input: { readonly runId: string; readonly tree: string },
): Attached | Refused {
  const run = readRun(tx.store, input.runId);
  if (run === null || !attachTreeRow(tx.store, input.runId, input.tree)) {
    return refused('run_ended', 'the run has ended meanwhile', 'start a new one with `governed-agents run`');
  }
  tx.emit({
    eventType: 'run_spawned',
    actor: { kind: 'runner', id: run.id },
    agentId: run.agent_id,
    runId: run.id,
    tier: run.tier,
    payload: { tree: JSON.parse(input.tree) as unknown },
  });
  return { result: 'attached' };
}
