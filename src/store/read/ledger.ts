// Reads balances, which are running totals, and single reservations and charges. A rolling window is the sum of at most 289
// five-minute buckets, whatever the length of history.
import type { Amounts } from '../../core/ledger/caps.ts';
import { NOTHING } from '../../core/ledger/caps.ts';
import type { Store } from '../open.ts';

export interface BalanceRow {
  readonly scope: string;
  readonly posted_usd: number;
  readonly posted_tokens: number;
  readonly posted_llm_calls: number;
  readonly posted_tool_calls: number;
  readonly reserved_usd: number;
  readonly reserved_tokens: number;
  readonly reserved_llm_calls: number;
  readonly reserved_tool_calls: number;
  /** "2026-11", the month that the month_ columns count. */
  readonly month: string;
  readonly month_usd: number;
  readonly month_tokens: number;
  readonly month_llm_calls: number;
  readonly month_tool_calls: number;
}

export function readBalance(store: Store, scope: string): BalanceRow {
  const row = store.statement('SELECT * FROM balances WHERE scope = ?').get(scope) as BalanceRow | undefined;
  return row ?? emptyBalance(scope);
}

function emptyBalance(scope: string): BalanceRow {
  return {
    scope,
    posted_usd: 0,
    posted_tokens: 0,
    posted_llm_calls: 0,
    posted_tool_calls: 0,
    reserved_usd: 0,
    reserved_tokens: 0,
    reserved_llm_calls: 0,
    reserved_tool_calls: 0,
    month: '',
    month_usd: 0,
    month_tokens: 0,
    month_llm_calls: 0,
    month_tool_calls: 0,
  };
}

/** Posted in the buckets from `fromBucket` on. */
export function readWindow(store: Store, scope: string, fromBucket: number): Amounts {
  const sql = `SELECT sum(usd) AS usd, sum(tokens) AS tokens, sum(llm_calls) AS llm_calls, sum(tool_calls) AS tool_calls
    FROM balance_buckets WHERE scope = ? AND bucket >= ?`;
  const row = store.statement(sql).get(scope, fromBucket) as { [unit in keyof Amounts]: number | null };
  return row.usd === null
    ? NOTHING
    : {
        usd: row.usd,
        tokens: row.tokens ?? 0,
        llm_calls: row.llm_calls ?? 0,
        tool_calls: row.tool_calls ?? 0,
      };
}

export interface SpanSpend {
  /** Micro-dollars. */
  readonly usd: number;
  readonly tokens: number;
}

/** Posted in the buckets from `fromBucket` to before `toBucket`. */
export function readSpan(store: Store, scope: string, fromBucket: number, toBucket: number): SpanSpend {
  const sql = `SELECT total(usd) AS usd, total(tokens) AS tokens FROM balance_buckets
    WHERE scope = ? AND bucket >= ? AND bucket < ?`;
  return store.statement(sql).get(scope, fromBucket, toBucket) as SpanSpend;
}

export interface SpendBucket {
  readonly bucket: number;
  /** Micro-dollars. */
  readonly usd: number;
}

/** Oldest first, from `fromBucket` on. */
export function readBuckets(store: Store, scope: string, fromBucket: number): readonly SpendBucket[] {
  const sql = 'SELECT bucket, usd FROM balance_buckets WHERE scope = ? AND bucket >= ? ORDER BY bucket';
  return store.statement(sql).all(scope, fromBucket) as SpendBucket[];
}

export interface ReservationRow {
  readonly id: string;
  readonly run_id: string;
  readonly agent_id: string;
  readonly idempotency_key: string;
  readonly request_hash: string;
  readonly provider: string;
  readonly model: string;
  /** Micro-dollars reserved. */
  readonly usd: number;
  readonly tokens: number;
  /** The price it is settled at, as JSON: a later change of prices does not reach it. */
  readonly price: string;
  readonly status: 'open' | 'settled' | 'void';
  readonly posted_usd: number | null;
  readonly posted_tokens: number | null;
  readonly outcome: string | null;
  readonly created_at_ms: number;
}

export function readReservation(store: Store, id: string): ReservationRow | null {
  return (
    (store.statement('SELECT * FROM reservations WHERE id = ?').get(id) as ReservationRow | undefined) ?? null
  );
}

export function readReservationByKey(store: Store, runId: string, key: string): ReservationRow | null {
  const sql = 'SELECT * FROM reservations WHERE run_id = ? AND idempotency_key = ?';
  return (store.statement(sql).get(runId, key) as ReservationRow | undefined) ?? null;
}

export function readOpenReservations(store: Store, runId: string): ReservationRow[] {
  const sql = "SELECT * FROM reservations WHERE run_id = ? AND status = 'open'";
  return store.statement(sql).all(runId) as ReservationRow[];
}

export interface ChargeRow {
  readonly id: string;
  readonly request_hash: string;
  readonly usd: number;
  readonly tokens: number;
}

export function readChargeByKey(store: Store, runId: string, key: string): ChargeRow | null {
  const sql = 'SELECT id, request_hash, usd, tokens FROM charges WHERE run_id = ? AND idempotency_key = ?';
  return (store.statement(sql).get(runId, key) as ChargeRow | undefined) ?? null;
}

export interface CapRaise {
  /** The limit in the rules when it was raised. */
  readonly from: number;
  readonly limit: number;
}

interface CapRaised extends CapRaise {
  readonly cap: string;
  readonly atMs: number;
}

/** Limits that an operator raised, by cap name ("day_usd"). */
export function readCapRaises(store: Store, scope: string): ReadonlyMap<string, CapRaised> {
  const sql = `SELECT cap, raised_from AS "from", cap_limit AS "limit", raised_at_ms AS atMs
    FROM cap_raises WHERE scope = ?`;
  const rows = store.statement(sql).all(scope) as CapRaised[];
  return new Map(rows.map((row) => [row.cap, row]));
}

export interface CapWarning {
  readonly period_key: string;
  /** The share of the cap that was warned about. */
  readonly warned_at: number;
}

export function readCapWarning(store: Store, scope: string, cap: string): CapWarning | null {
  const sql = 'SELECT period_key, warned_at FROM cap_warnings WHERE scope = ? AND cap = ?';
  return (store.statement(sql).get(scope, cap) as CapWarning | undefined) ?? null;
}
