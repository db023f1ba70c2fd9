// A run as it travels, with what stands against it.
import { toUsd } from '../../core/ledger/money.ts';
import { toRfc3339 } from '../../core/time.ts';
import type { CapView } from '../../governor/ledger/cap-states.ts';
import { runScope, scopeOfRun } from '../../governor/ledger/spend-scope.ts';
import { readBalance } from '../../store/read/ledger.ts';
import type { RunRow } from '../../store/read/runs.ts';
import type { RunStatus, WireRun } from '../wire/record.ts';
import { runCap } from './run-cap.ts';

export function presentRun(caps: CapView, row: RunRow): WireRun {
  const balance = readBalance(caps.store, runScope(row.id));
  // Of one that has ended no cap holds any more, and what did hold the rules of today don't say.
  const cap = row.ended_at_ms === null ? runCap(caps, scopeOfRun(row)) : null;
  return {
    run_id: row.id,
    agent_id: row.agent_id,
    task: row.task,
    group: row.group_name,
    status: runStatus(row),
    end_reason: row.end_reason,
    tier: row.tier,
    tier_reason: row.tier_reason,
    agent_version: row.agent_version,
    // Once it has ended, what it stood for before is in the record alone.
    paused_reason: row.ended_at_ms === null ? row.pause_reason : null,
    pause_source: row.ended_at_ms === null ? row.pause_source : null,
    started_at: toRfc3339(row.started_at_ms),
    ended_at: row.ended_at_ms === null ? null : toRfc3339(row.ended_at_ms),
    exit_code: row.exit_code,
    spent_micro_usd: balance.posted_usd,
    spent_usd: toUsd(balance.posted_usd),
    reserved_micro_usd: balance.reserved_usd,
    cap_micro_usd: cap,
    cap_usd: cap === null ? null : toUsd(cap),
    tokens: balance.posted_tokens,
    llm_calls: balance.posted_llm_calls,
    tool_calls: balance.posted_tool_calls,
    supervised: row.supervised === 1,
    key_in_agent: row.auth === 'subscription',
    notional: row.auth === 'subscription',
  };
}

/** A running run with something that waits for a person is held: its tree lives, and only what it works counts. */
export function runStatus(row: RunRow): RunStatus {
  return row.status === 'running' && row.proposals_pending > 0 ? 'held' : row.status;
}
