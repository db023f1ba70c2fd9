// Changes the state of agents and their running counts.
import type { Store } from '../open.ts';
import type { AgentRow, AgentStatus, PauseSource } from '../read/agents.ts';

export function ensureAgent(store: Store, id: string, nowMs: number): void {
  store.statement('INSERT OR IGNORE INTO agents (id, status_since_ms) VALUES (?, ?)').run(id, nowMs);
}

export function setAgentStatus(
  store: Store,
  id: string,
  status: AgentStatus,
  pause: { readonly reason: string; readonly source: PauseSource } | null,
  nowMs: number,
): void {
  store
    .statement(
      'UPDATE agents SET status = ?, pause_reason = ?, pause_source = ?, status_since_ms = ? WHERE id = ?',
    )
    .run(status, pause?.reason ?? null, pause?.source ?? null, nowMs, id);
}

export function setAgentTier(
  store: Store,
  id: string,
  tier: 'confined' | 'advisory',
  reason: string | null,
): void {
  store.statement('UPDATE agents SET tier = ?, tier_reason = ? WHERE id = ?').run(tier, reason, id);
}

type Count = Extract<
  keyof AgentRow,
  | 'runs'
  | 'runs_live'
  | 'proposals'
  | 'proposals_pending'
  | 'proposals_approved'
  | 'proposals_refused'
  | 'pauses'
  | 'flags'
>;

export function countForAgent(store: Store, id: string, count: Count, by: 1 | -1): void {
  store.statement(`UPDATE agents SET ${count} = ${count} + ? WHERE id = ?`).run(by, id);
}
