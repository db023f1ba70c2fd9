// The state of agents: a configured identity gets its row with its first run, proposal or pause.
import type { Store } from '../open.ts';

/** Whether it was stopped. */
export type AgentStatus = 'ok' | 'paused' | 'killed';
/** Who paused: pauses of the watchdog and of caps are not lifted by `resume --all`; that of a missing supervisor lifts itself. */
/** `overspend`: a call cost more than was reserved for it. `agent`: the whole agent is paused. */
export type PauseSource = 'operator' | 'watchdog' | 'cap' | 'overspend' | 'supervisor' | 'agent';

export interface AgentRow {
  readonly id: string;
  readonly status: AgentStatus;
  readonly pause_reason: string | null;
  readonly pause_source: PauseSource | null;
  readonly status_since_ms: number;
  readonly tier: 'confined' | 'advisory' | null;
  /** Why its newest run was no more than advisory. */
  readonly tier_reason: string | null;
  readonly runs: number;
  readonly runs_live: number;
  readonly proposals: number;
  readonly proposals_pending: number;
  readonly proposals_approved: number;
  readonly proposals_refused: number;
  readonly pauses: number;
  readonly flags: number;
}

export function readAgent(store: Store, id: string): AgentRow | null {
  return (store.statement('SELECT * FROM agents WHERE id = ?').get(id) as AgentRow | undefined) ?? null;
}

export function readAgents(store: Store): AgentRow[] {
  return store.statement('SELECT * FROM agents ORDER BY id').all() as AgentRow[];
}
