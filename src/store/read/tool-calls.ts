// Reads single tool calls.
import type { Store } from '../open.ts';

export interface ToolCallRow {
  readonly id: string;
  readonly run_id: string;
  readonly tool: string;
  readonly input_hash: string;
  /** What it acted on, where that could be read: its command, path or address. */
  readonly resource: string | null;
  readonly verdict: 'allow' | 'deny' | 'require_approval';
  readonly proposal_id: string | null;
  readonly created_at_ms: number;
  /** Null also when it was withheld. */
  readonly result: string | null;
  readonly result_at_ms: number | null;
}

export function readToolCall(store: Store, id: string): ToolCallRow | null {
  return (
    (store.statement('SELECT * FROM tool_calls WHERE id = ?').get(id) as ToolCallRow | undefined) ?? null
  );
}
