// Keeps the actions that rules with a rate count.
import type { Store } from '../open.ts';

export interface CountedAction {
  readonly atMs: number;
  readonly agentId: string | null;
  readonly action: string;
}

/** Forgets at once what is older than `keepFromMs`, so that the table never grows beyond its longest window. */
export function insertCountedAction(store: Store, counted: CountedAction, keepFromMs: number): void {
  store.statement('DELETE FROM counted_actions WHERE at_ms < ?').run(keepFromMs);
  store
    .statement('INSERT INTO counted_actions (at_ms, agent_id, action) VALUES (?, ?, ?)')
    .run(counted.atMs, counted.agentId, counted.action);
}
