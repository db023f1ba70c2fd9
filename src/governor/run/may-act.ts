// Whether a run may do anything at all right now: it lives, it and its agent are not stopped, and the kill switch is off.
import type { Store } from '../../store/open.ts';
import { type PauseSource, readAgent } from '../../store/read/agents.ts';
import { readKillSwitch } from '../../store/read/meta.ts';
import type { RunRow } from '../../store/read/runs.ts';
import { type Refused, refused } from '../refusal.ts';

/** Null when it may. */
export function whyRunMayNotAct(store: Store, run: RunRow | null): Refused | null {
  if (run === null) return null;
  if (run.ended_at_ms !== null) {
    return refused(
      'run_ended',
      `the run has ended (${run.status})`,
      'start a new one with `governed-agents run`',
    );
  }
  const agent = whyAgentMayNotRun(store, run.agent_id);
  if (agent !== null) return agent;
  if (run.status === 'paused') {
    const detail = `the run is paused: ${run.pause_reason ?? 'no reason given'}`;
    return refused('paused', detail, howToGoOn(run.id, run.agent_id, run.pause_source));
  }
  return null;
}

/** Null when new runs of the agent may start. */
export function whyAgentMayNotRun(store: Store, agentId: string): Refused | null {
  const killSwitch = readKillSwitch(store);
  if (killSwitch.on) {
    const detail = `the kill switch is on: ${killSwitch.reason ?? 'no reason given'}`;
    return refused('kill_switch', detail, '`governed-agents kill-switch off` lets agents run again');
  }
  const agent = readAgent(store, agentId);
  if (agent?.status === 'paused' || agent?.status === 'killed') {
    const detail = `${agentId} is ${agent.status}: ${agent.pause_reason ?? 'no reason given'}`;
    return refused(agent.status, detail, howToGoOn(agentId, agentId, agent.pause_source));
  }
  return null;
}

/** At a cap going on is not enough: the next call would stop there again. */
function howToGoOn(id: string, agentId: string, source: PauseSource | null): string {
  if (source !== 'cap') return `\`governed-agents resume ${id}\` lets it go on`;
  return `\`governed-agents budget ${agentId}\` shows its caps; raising the one that it stands at lets it go on`;
}
