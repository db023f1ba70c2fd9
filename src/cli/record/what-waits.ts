// What waits for a person right now: proposals, outcomes that nobody knows, and what is paused until somebody says go on.
import { toRfc3339 } from '../../core/time.ts';
import { findProposals, readAgents, readLiveRuns, type Store } from '../../store/entry.ts';

export interface Waiting {
  /** The oldest first, at most a hundred. */
  readonly proposals: readonly {
    readonly proposal_id: string;
    readonly action_type: string;
    readonly agent_id: string | null;
    readonly expires_at: string;
  }[];
  readonly unknown: number;
  readonly live_runs: number;
  /** Agents, and runs that were paused by themselves. */
  readonly paused: readonly {
    readonly id: string;
    readonly agent_id: string;
    readonly reason: string | null;
    readonly source: string | null;
  }[];
}

export function whatWaits(store: Store): Waiting {
  const pending = findProposals(store, { status: 'pending', order: 'oldest', limit: 100 });
  const live = readLiveRuns(store);
  const agents = readAgents(store).filter(({ status }) => status === 'paused' || status === 'killed');
  const stopped = new Set(agents.map(({ id }) => id));
  const runs = live.filter(({ status, agent_id: agent }) => status === 'paused' && !stopped.has(agent));
  return {
    proposals: pending.map((row) => ({
      proposal_id: row.id,
      action_type: row.action_type,
      agent_id: row.agent_id,
      expires_at: toRfc3339(row.expires_at_ms),
    })),
    unknown: findProposals(store, { status: 'unknown', order: 'oldest', limit: 100 }).length,
    live_runs: live.length,
    paused: [...agents.map((row) => ({ ...row, agent_id: row.id })), ...runs].map((row) => ({
      id: row.id,
      agent_id: row.agent_id,
      reason: row.pause_reason,
      source: row.pause_source,
    })),
  };
}
