// Whole wire objects for tests of what is made of them, each field overridable.
import type { WireProposal } from '../../src/server/wire/proposal.ts';
import type { WireEvent } from '../../src/server/wire/record.ts';

export function aProposal(fields: Partial<WireProposal> = {}): WireProposal {
  return {
    proposal_id: 'prp_1',
    run_id: 'run_1',
    agent_id: 'publisher',
    action_type: 'publish_content',
    payload: { title: 'Hello' },
    payload_hash: 'hash',
    expected_outcome: 'A note is published.',
    rationale: null,
    reversible: true,
    requires_approval: null,
    expected_cost_micro_usd: null,
    expected_cost_usd: null,
    reserved_micro_usd: null,
    reserved_usd: null,
    links: [],
    client_data: {},
    status: 'pending',
    created_at: '2025-01-01T00:00:00.000Z',
    expires_at: '2025-01-01T12:00:00.000Z',
    decided_at: null,
    decided_by: null,
    note: null,
    final: false,
    effect: 'require_approval',
    rule: 'never_auto_approve',
    reasons: [],
    severity: 'medium',
    executor: null,
    outcome: null,
    outcome_by: null,
    tier: 'advisory',
    original_payload: null,
    original_payload_hash: null,
    review_url: '',
    ...fields,
  };
}

export function anEvent(seq: number, fields: Partial<WireEvent> = {}): WireEvent {
  return {
    v: 1,
    seq,
    ts: '2025-01-01T00:00:00.000Z',
    host_id: 'hst_1',
    event_type: 'llm_call_settled',
    actor: { kind: 'runner', id: null },
    agent_id: 'publisher',
    run_id: 'run_1',
    proposal_id: null,
    tier: 'advisory',
    policy_hash: null,
    payload_hash: '',
    payload: {},
    prev_hash: '',
    hash: '',
    ...fields,
  };
}
