// Records that a paused or killed agent may run again; its paused runs go on.
import type { Actor } from '../../core/audit/event.ts';
import { type PauseSource, readAgent } from '../../store/read/agents.ts';
import { readKillSwitch } from '../../store/read/meta.ts';
import { readLiveRunsOfAgent } from '../../store/read/runs.ts';
import { setAgentStatus } from '../../store/write/agents.ts';
import { type Refused, refused } from '../refusal.ts';
import type { Transaction } from '../transaction.ts';
import { type Resumed, resumeRun } from './resume-run.ts';

export function resumeAgent(
  tx: Transaction,
  input: {
    readonly agentId: string;
    readonly actor: Actor;
    /** Only runs that these paused go on with it; left out, all do. */
    readonly runsPausedBy?: readonly PauseSource[];
  },
): Resumed | Refused {
  if (readKillSwitch(tx.store).on) {
    return refused('kill_switch', 'the kill switch is on', '`governed-agents kill-switch off` first');
  }
  const agent = readAgent(tx.store, input.agentId);
  if (agent === null) {
    return refused('not_found', `${input.agentId} has never run`, 'see `governed-agents scoreboard`');
  }
  const stopped = agent.status === 'paused' || agent.status === 'killed';
  const pausedRuns = readLiveRunsOfAgent(tx.store, agent.id).filter(
    ({ status, pause_source: by }) =>
      status === 'paused' &&
      (input.runsPausedBy === undefined || (by !== null && input.runsPausedBy.includes(by))),
  );
  if (!stopped && pausedRuns.length === 0) {
    return refused(
      'not_paused',
      `${input.agentId} is ${agent.status}, not paused`,
      'see `governed-agents status`',
    );
  }
  if (stopped) {
    setAgentStatus(tx.store, agent.id, 'ok', null, tx.nowMs);
    tx.emit({
      eventType: 'agent_resumed',
      actor: input.actor,
      agentId: agent.id,
      payload: { was: agent.status, reason: agent.pause_reason },
    });
  }
  for (const run of pausedRuns) resumeRun(tx, { runId: run.id, actor: input.actor });
  const stops = [agent, ...pausedRuns].find(({ pause_source: by }) => by === 'cap');
  return { result: 'resumed', atCap: stops?.pause_reason ?? null };
}

/** Lifts what an operator paused; the pauses of the watchdog and of caps want a look at each. Answers the agents resumed. */
export function resumeAll(tx: Transaction, actor: Actor): string[] {
  const sql = "SELECT id FROM agents WHERE status = 'paused' AND pause_source = 'operator'";
  const agents = tx.store.statement(sql).all() as { id: string }[];
  const runs = tx.store
    .statement("SELECT id FROM runs WHERE ended_at_ms IS NULL AND pause_source = 'operator'")
    .all() as { id: string }[];
  const runsPausedBy: readonly PauseSource[] = ['operator', 'agent'];
  const resumed = agents.filter(
    ({ id }) => resumeAgent(tx, { agentId: id, actor, runsPausedBy }).result === 'resumed',
  );
  for (const { id } of runs) resumeRun(tx, { runId: id, actor });
  return resumed.map(({ id }) => id);
}
