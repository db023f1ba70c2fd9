// Records tool calls and, once, what came back.
import type { Store } from '../open.ts';
import type { ToolCallRow } from '../read/tool-calls.ts';

export function insertToolCall(store: Store, row: Omit<ToolCallRow, 'result' | 'result_at_ms'>): void {
  store
    .statement(
      `INSERT INTO tool_calls (id, run_id, tool, input_hash, resource, verdict, proposal_id, created_at_ms)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    .run(
      row.id,
      row.run_id,
      row.tool,
      row.input_hash,
      row.resource,
      row.verdict,
      row.proposal_id,
      row.created_at_ms,
    );
}

/** False when it has one already. */
export function writeToolResult(store: Store, id: string, result: string | null, nowMs: number): boolean {
  const sql = 'UPDATE tool_calls SET result = ?, result_at_ms = ? WHERE id = ? AND result_at_ms IS NULL';
  return store.statement(sql).run(result, nowMs, id).changes === 1;
}
