// Moves money between reserved and posted, in the running totals of a scope ("run:…", "agent:…", "project").
import type { Amounts } from '../../core/ledger/caps.ts';
import type { Store } from '../open.ts';
import type { CapRaise, ReservationRow } from '../read/ledger.ts';

/** Adds to what is reserved; negative amounts release. */
export function addReserved(store: Store, scope: string, by: Amounts, sign: 1 | -1): void {
  const sql = `INSERT INTO balances (scope, reserved_usd, reserved_tokens, reserved_llm_calls, reserved_tool_calls)
    VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (scope) DO UPDATE SET reserved_usd = reserved_usd + excluded.reserved_usd,
      reserved_tokens = reserved_tokens + excluded.reserved_tokens,
      reserved_llm_calls = reserved_llm_calls + excluded.reserved_llm_calls,
      reserved_tool_calls = reserved_tool_calls + excluded.reserved_tool_calls`;
  if (sign === 1) {
    store.statement(sql).run(scope, by.usd, by.tokens, by.llm_calls, by.tool_calls);
    return;
  }
  const release = `UPDATE balances SET reserved_usd = reserved_usd - ?, reserved_tokens = reserved_tokens - ?,
    reserved_llm_calls = reserved_llm_calls - ?, reserved_tool_calls = reserved_tool_calls - ? WHERE scope = ?`;
  store.statement(release).run(by.usd, by.tokens, by.llm_calls, by.tool_calls, scope);
}

export interface PostedAt {
  /** "2026-11": the month's columns start over when a later one begins; an earlier one (a new time zone) goes on with them. */
  readonly month: string;
  /** Null for a scope without rolling windows (a run). */
  readonly bucket: number | null;
}

export function addPosted(store: Store, scope: string, by: Amounts, at: PostedAt): void {
  const sql = `INSERT INTO balances (scope, posted_usd, posted_tokens, posted_llm_calls, posted_tool_calls,
      month_usd, month_tokens, month_llm_calls, month_tool_calls, month)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (scope) DO UPDATE SET posted_usd = posted_usd + excluded.posted_usd,
      posted_tokens = posted_tokens + excluded.posted_tokens,
      posted_llm_calls = posted_llm_calls + excluded.posted_llm_calls,
      posted_tool_calls = posted_tool_calls + excluded.posted_tool_calls,
      month_usd = iif(month >= excluded.month, month_usd, 0) + excluded.month_usd,
      month_tokens = iif(month >= excluded.month, month_tokens, 0) + excluded.month_tokens,
      month_llm_calls = iif(month >= excluded.month, month_llm_calls, 0) + excluded.month_llm_calls,
      month_tool_calls = iif(month >= excluded.month, month_tool_calls, 0) + excluded.month_tool_calls,
      month = max(month, excluded.month)`;
  const amounts = [by.usd, by.tokens, by.llm_calls, by.tool_calls];
  store.statement(sql).run(scope, ...amounts, ...amounts, at.month);
  if (at.bucket === null) return;
  const bucket = `INSERT INTO balance_buckets (scope, bucket, usd, tokens, llm_calls, tool_calls)
    VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (scope, bucket) DO UPDATE SET usd = usd + excluded.usd, tokens = tokens + excluded.tokens,
      llm_calls = llm_calls + excluded.llm_calls, tool_calls = tool_calls + excluded.tool_calls`;
  store.statement(bucket).run(scope, at.bucket, by.usd, by.tokens, by.llm_calls, by.tool_calls);
}

export type NewReservation = Pick<
  ReservationRow,
  | 'id'
  | 'run_id'
  | 'agent_id'
  | 'idempotency_key'
  | 'request_hash'
  | 'provider'
  | 'model'
  | 'usd'
  | 'tokens'
  | 'price'
  | 'created_at_ms'
>;

export function insertReservation(store: Store, row: NewReservation): void {
  store
    .statement(
      `INSERT INTO reservations (id, run_id, agent_id, idempotency_key, request_hash, provider, model, usd, tokens,
         price, status, created_at_ms)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'open', ?)`,
    )
    .run(
      row.id,
      row.run_id,
      row.agent_id,
      row.idempotency_key,
      row.request_hash,
      row.provider,
      row.model,
      row.usd,
      row.tokens,
      row.price,
      row.created_at_ms,
    );
}

/** True for the one caller that closes it. */
export function closeReservation(
  store: Store,
  id: string,
  close: {
    readonly status: 'settled' | 'void';
    readonly postedUsd: number;
    readonly postedTokens: number;
    readonly usage: string | null;
    readonly outcome: string;
    readonly nowMs: number;
  },
): boolean {
  const sql = `UPDATE reservations SET status = ?, posted_usd = ?, posted_tokens = ?, usage = ?, outcome = ?,
    closed_at_ms = ? WHERE id = ? AND status = 'open'`;
  return (
    store
      .statement(sql)
      .run(close.status, close.postedUsd, close.postedTokens, close.usage, close.outcome, close.nowMs, id)
      .changes === 1
  );
}

export function insertCharge(
  store: Store,
  row: {
    readonly id: string;
    readonly runId: string;
    readonly agentId: string;
    readonly idempotencyKey: string;
    readonly requestHash: string;
    readonly usd: number;
    readonly tokens: number;
    readonly tool: string;
    readonly nowMs: number;
  },
): void {
  store
    .statement(
      `INSERT INTO charges (id, run_id, agent_id, idempotency_key, request_hash, usd, tokens, tool, created_at_ms)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    .run(
      row.id,
      row.runId,
      row.agentId,
      row.idempotencyKey,
      row.requestHash,
      row.usd,
      row.tokens,
      row.tool,
      row.nowMs,
    );
}

export function writeCapRaise(
  store: Store,
  scope: string,
  cap: string,
  raise: CapRaise,
  nowMs: number,
): void {
  const sql = `INSERT INTO cap_raises (scope, cap, raised_from, cap_limit, raised_at_ms) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (scope, cap) DO UPDATE SET raised_from = excluded.raised_from, cap_limit = excluded.cap_limit,
      raised_at_ms = excluded.raised_at_ms`;
  store.statement(sql).run(scope, cap, raise.from, raise.limit, nowMs);
}

export function deleteCapRaise(store: Store, scope: string, cap: string): void {
  store.statement('DELETE FROM cap_raises WHERE scope = ? AND cap = ?').run(scope, cap);
}

export function writeCapWarning(
  store: Store,
  scope: string,
  cap: string,
  periodKey: string,
  share: number,
): void {
  const sql = `INSERT INTO cap_warnings (scope, cap, period_key, warned_at) VALUES (?, ?, ?, ?)
    ON CONFLICT (scope, cap) DO UPDATE SET period_key = excluded.period_key, warned_at = excluded.warned_at`;
  store.statement(sql).run(scope, cap, periodKey, share);
}
