// Keeps what an agent says of its own end (goal reached, gave up). It ends nothing: the runner sees the process end.
import { readRun } from '../../store/read/runs.ts';
import { noteRunEnd } from '../../store/write/runs.ts';
import { type Refused, refused } from '../refusal.ts';
import type { Transaction } from '../transaction.ts';

export interface Noted {
  readonly result: 'noted';
}

export function noteEnd(
  tx: Transaction,
  input: { readonly runId: string; readonly reason: 'goal_reached' | 'gave_up'; readonly note: string },
): Noted | Refused {
  const run = readRun(tx.store, input.runId);
  if (
    run === null ||
    !noteRunEnd(tx.store, input.runId, JSON.stringify({ reason: input.reason, note: input.note }))
  ) {
    return refused('run_ended', 'the run has ended already', 'nothing is left to do');
  }
  tx.emit({
    eventType: 'run_note',
    actor: { kind: 'agent', id: run.agent_id },
    agentId: run.agent_id,
    runId: run.id,
    tier: run.tier,
    payload: { reason: input.reason, note: input.note },
  });
  return { result: 'noted' };
}
