// How a proposal is first kept: what was asked, how it was judged, and, when a rule or a grant decided it at once, by which.
import { sha256Hex } from '../../core/canonical.ts';
import type { PolicyDecision } from '../../core/policy/decision.ts';
import type { GrantRow } from '../../store/read/grants.ts';
import type { RunRow } from '../../store/read/runs.ts';
import type { NewProposal } from '../../store/write/proposals.ts';
import type { Transaction } from '../transaction.ts';
import type { SubmitInput } from './submit.ts';

interface Made {
  readonly run: RunRow | null;
  readonly judged: PolicyDecision;
  readonly grant: GrantRow | null;
  readonly payload: string;
  readonly requestHash: string;
}

const STATUS_OF_EFFECT = { allow: 'auto-approved', require_approval: 'pending', deny: 'denied' } as const;

export function proposalRow(tx: Transaction, input: SubmitInput, made: Made): NewProposal {
  const { run, judged, grant } = made;
  const status = grant === null ? STATUS_OF_EFFECT[judged.effect] : 'approved';
  const byPolicy = status !== 'pending' && grant === null;
  const timeout = tx.nowMs + (judged.approvalTimeoutMs ?? tx.rules.policy.timeoutMs);
  return {
    id: tx.newId('prp'),
    run_id: input.runId,
    agent_id: run?.agent_id ?? null,
    action_type: input.actionType,
    payload: made.payload,
    payload_hash: sha256Hex(made.payload),
    expected_outcome: input.expectedOutcome,
    rationale: input.rationale,
    reversible: asInteger(input.reversible),
    requires_approval: asInteger(input.requiresApproval),
    expected_cost_micro_usd: input.expectedCostUsd,
    links: JSON.stringify(input.links),
    client_data: JSON.stringify(input.clientData),
    idempotency_key: input.idempotencyKey,
    request_hash: made.requestHash,
    tier: run?.tier ?? null,
    effect: judged.effect,
    rule: judged.rule,
    reasons: JSON.stringify(judged.reasons),
    severity: judged.severity,
    executor: tx.rules.executors.has(input.actionType) ? input.actionType : null,
    status,
    created_at_ms: tx.nowMs,
    expires_at_ms: Math.min(timeout, input.expiresAtMs ?? timeout),
    decided_at_ms: status === 'pending' ? null : tx.nowMs,
    decided_by_kind: grant === null ? (byPolicy ? 'policy' : null) : 'grant',
    decided_by_id: grant === null ? (byPolicy ? judged.rule : null) : grant.id,
  };
}

function asInteger(value: boolean | null): number | null {
  return value === null ? null : Number(value);
}
