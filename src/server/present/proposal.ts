// A proposal as it travels.
import { toUsd } from '../../core/ledger/money.ts';
import { toRfc3339 } from '../../core/time.ts';
import type { ProposalRow } from '../../store/read/proposals.ts';
import type { WireDecidedBy, WireOutcome, WireProposal, WireSubmitted } from '../wire/proposal.ts';

export function presentProposal(row: ProposalRow, origin: string): WireProposal {
  const outcome = presentOutcome(row);
  return {
    proposal_id: row.id,
    run_id: row.run_id,
    agent_id: row.agent_id,
    action_type: row.action_type,
    payload: JSON.parse(row.payload) as unknown,
    payload_hash: row.payload_hash,
    expected_outcome: row.expected_outcome,
    rationale: row.rationale,
    reversible: asBoolean(row.reversible),
    requires_approval: asBoolean(row.requires_approval),
    expected_cost_micro_usd: row.expected_cost_micro_usd,
    expected_cost_usd: row.expected_cost_micro_usd === null ? null : toUsd(row.expected_cost_micro_usd),
    reserved_micro_usd: row.reserved_micro_usd,
    reserved_usd: row.reserved_micro_usd === null ? null : toUsd(row.reserved_micro_usd),
    links: JSON.parse(row.links) as string[],
    client_data: JSON.parse(row.client_data) as Record<string, unknown>,
    status: row.status,
    created_at: toRfc3339(row.created_at_ms),
    expires_at: toRfc3339(row.expires_at_ms),
    decided_at: row.decided_at_ms === null ? null : toRfc3339(row.decided_at_ms),
    decided_by: decidedBy(row),
    note: row.note,
    final: row.final === 1,
    effect: row.effect,
    rule: row.rule,
    reasons: JSON.parse(row.reasons) as string[],
    severity: row.severity,
    executor: row.executor,
    outcome,
    outcome_by: outcome === null ? null : { kind: outcome.by },
    tier: row.tier,
    original_payload: row.original_payload === null ? null : (JSON.parse(row.original_payload) as unknown),
    original_payload_hash: row.original_payload_hash,
    review_url: reviewUrl(row.id, origin),
  };
}

/** As long as a person's glance; what is longer is asked for by its id. */
const SHORT_PAYLOAD_BYTES = 16 * 1024;

/** For lists that are read again and again: a long payload is left out, its hash stays. */
export function presentShort(row: ProposalRow, origin: string): WireProposal {
  const isShort = (payload: string | null): boolean =>
    payload === null || payload.length <= SHORT_PAYLOAD_BYTES;
  if (isShort(row.payload) && isShort(row.original_payload)) return presentProposal(row, origin);
  const without = { ...row, payload: 'null', original_payload: null };
  return {
    ...presentProposal(without, origin),
    payload_left_out: true,
    payload_bytes: Buffer.byteLength(row.payload),
  };
}

export function presentSubmitted(
  row: ProposalRow,
  origin: string,
  retryAfterSeconds: number | null,
): WireSubmitted {
  return {
    proposal_id: row.id,
    status: row.status,
    payload_hash: row.payload_hash,
    review_url: reviewUrl(row.id, origin),
    expires_at: toRfc3339(row.expires_at_ms),
    decided_by: decidedBy(row),
    rule: row.rule,
    reasons: JSON.parse(row.reasons) as string[],
    severity: row.severity,
    retry_after: retryAfterSeconds,
  };
}

function decidedBy(row: ProposalRow): WireDecidedBy | null {
  const { decided_by_kind: kind, decided_by_id: id, decided_via: via } = row;
  return kind === null ? null : { kind, id, via };
}

function reviewUrl(id: string, origin: string): string {
  return `${origin}/#proposal=${id}`;
}

function presentOutcome(row: ProposalRow): WireOutcome | null {
  if (row.outcome === null || row.outcome_by === null || row.outcome_at_ms === null) return null;
  return {
    outcome: row.outcome,
    by: row.outcome_by,
    detail: row.outcome_detail === null ? null : (JSON.parse(row.outcome_detail) as unknown),
    cost_micro_usd: row.outcome_cost_micro_usd,
    cost_usd: row.outcome_cost_micro_usd === null ? null : toUsd(row.outcome_cost_micro_usd),
    at: toRfc3339(row.outcome_at_ms),
  };
}

function asBoolean(value: number | null): boolean | null {
  return value === null ? null : value === 1;
}
